#!/usr/bin/env bash
# Runs one step of a make target with the tools that scripts/setup.sh found; says its name, how it ended, and how long
# it took:  scripts/step.sh "name of the step" command...
#
# Set-up itself has to find the tools anew: it is run without them. A run of several steps is told through its ledger, the
# file that VISAVIS_LEDGER names.
set -uo pipefail
cd "$(dirname "$0")/.."

name=$1
shift
if [ -f .tools/env.sh ] && [ "$1" != scripts/setup.sh ]; then . .tools/env.sh; fi

started=$SECONDS
printf '\n==> %s\n' "$name"
"$@"
status=$?
took=$((SECONDS - started))
if [ -n "${VISAVIS_LEDGER:-}" ]; then
  printf 'step\t%s\t%d\t%d\n' "$name" $took $status >>"$VISAVIS_LEDGER"
fi
if [ $status = 0 ]; then
  printf '==> %s: done in %d min %02d s\n' "$name" $((took / 60)) $((took % 60))
else
  printf '==> FAILED: %s (exit %d, after %d min %02d s)\n' "$name" $status $((took / 60)) $((took % 60)) >&2
fi
exit $status
