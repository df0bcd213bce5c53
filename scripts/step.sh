#!/usr/bin/env bash
# Runs one step of a make target with the tools that scripts/setup.sh found; says its name, how it ended, and how long
# it took:  scripts/step.sh "name of the step" command...
set -uo pipefail
cd "$(dirname "$0")/.."
if [ -f .tools/env.sh ]; then . .tools/env.sh; fi

name=$1
shift
started=$SECONDS
printf '\n==> %s\n' "$name"
"$@"
status=$?
took=$((SECONDS - started))
if [ $status = 0 ]; then
  printf '==> %s: done in %d min %02d s\n' "$name" $((took / 60)) $((took % 60))
else
  printf '==> FAILED: %s (exit %d, after %d min %02d s)\n' "$name" $status $((took / 60)) $((took % 60)) >&2
fi
exit $status
