#!/usr/bin/env bash
# Runs what is called like ONLY: native tests, browser tests and tests of the network lab whose file or name contains it,
# and lints of that name. `make test ONLY=chat` ends up here.
set -uo pipefail
cd "$(dirname "$0")/.."

VISAVIS_LEDGER=$(mktemp)
export VISAVIS_LEDGER
trap 'rm -f "$VISAVIS_LEDGER"' EXIT

scripts/step.sh "Set-up" scripts/setup.sh test || exit
. .tools/env.sh

targets=(test-native)
called_so() { [[ ${1,,} == *"${ONLY,,}"* ]]; }
! called_so "Formatting" || targets+=(lint-format)
! called_so "Lints of the server's half" || targets+=(lint-server)
! called_so "Lints of the browser's half" || targets+=(lint-browser)

browsers=()
for kind in browser lab; do
  ! scripts/tests.sh $kind gate --list >/dev/null 2>&1 || browsers+=("test-$kind")
done
[ ${#browsers[@]} = 0 ] || targets+=(build "${browsers[@]}")
scripts/steps.sh "${targets[@]}"
