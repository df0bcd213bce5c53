#!/usr/bin/env bash
# Runs tests:  scripts/tests.sh native | browser [all] | lab [all]
#
# Of the tests in the browser and of those in the network lab, the ones tagged @gate hold each promise of the README once;
# "all" takes every one. ONLY, where it is set, takes those whose file or name contains it instead, capitals or not; that
# there is none is no failure here. How many native tests ended how is told to the ledger of scripts/steps.sh.
set -uo pipefail
cd "$(dirname "$0")/.."

native() {
  # A file is a module, and a name a function.
  local filter=${ONLY:-} output status
  filter=${filter,,}
  filter=${filter//[ -]/_}
  output=$(mktemp)
  # The black-box tests mostly wait: for deadlines of the server, and for other programs.
  RUST_TEST_THREADS=${RUST_TEST_THREADS:-$(($(nproc) * 2))} cargo test --locked --features ssr -- ${filter:+"$filter"} | tee "$output"
  status=${PIPESTATUS[0]}
  if [ -n "${VISAVIS_LEDGER:-}" ]; then
    awk '/^test result: / { passed += $4; failed += $6 } END { printf "tests\t%d\t%d\n", passed, failed }' \
      "$output" >>"$VISAVIS_LEDGER"
  fi
  rm -f "$output"
  return "$status"
}

in_browsers() {
  local script=$1 which=${2:-gate} pattern=@gate
  [ "$which" != all ] || pattern=.
  [ -z "${ONLY:-}" ] || pattern=$(sed 's/[][\\.*^$+?(){}|/]/\\&/g' <<<"$ONLY")
  shift 2
  npm --silent --prefix end2end run "$script" -- --grep "$pattern" "$@"
}

case ${1:-} in
  native) native ;;
  browser) in_browsers test "${2:-gate}" "${@:3}" ;;
  lab) in_browsers lab "${2:-gate}" "${@:3}" ;;
  *) sed -n '2,6s/^# \?//p' "$0" >&2; exit 2 ;;
esac
