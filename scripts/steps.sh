#!/usr/bin/env bash
# Runs make targets in turn, each when the one before has succeeded, and ends with a table of their minutes, the tests that
# passed only when they were tried again, why others were skipped, and how many passed and failed:  scripts/steps.sh target...
# Where a step failed, its name is the last line.
#
# The table comes however it ends, with the step that failed in it. The steps tell the file that VISAVIS_LEDGER names what
# goes into it; somebody who has run a step before may hand theirs in.
set -uo pipefail
cd "$(dirname "$0")/.."

if [ -z "${VISAVIS_LEDGER:-}" ]; then
  VISAVIS_LEDGER=$(mktemp)
  export VISAVIS_LEDGER
  trap 'rm -f "$VISAVIS_LEDGER"' EXIT
fi

minutes() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

sum_up() {
  local kind first second third total=0 passed=0 failed=0 flaky=() skipped=() stopped=
  printf '\n  min:s  step\n'
  while IFS=$'\t' read -r kind first second third; do
    case $kind in
      step)
        total=$((total + second))
        [ "$third" = 0 ] || stopped="FAILED: $first" first="FAILED: $first"
        printf '%7s  %s\n' "$(minutes "$second")" "$first"
        ;;
      tests) passed=$((passed + first)) failed=$((failed + second)) ;;
      flaky) flaky+=("$first") ;;
      skipped) skipped+=("$first skipped: $second") ;;
    esac
  done <"$VISAVIS_LEDGER"
  printf '%7s  all of it\n\n' "$(minutes $total)"
  if [ ${#flaky[@]} != 0 ]; then
    printf '!! %d flaky, which passed only when tried again:\n' ${#flaky[@]}
    printf '!!   %s\n' "${flaky[@]}"
  fi
  [ ${#skipped[@]} = 0 ] || printf '!! %s\n' "${skipped[@]}"
  tests=$((passed + failed))
  printf '%d passed, %d failed\n' $passed $failed
  [ -z "$stopped" ] || printf '%s\n' "$stopped"
}

status=0
for target in "$@"; do
  make --no-print-directory "$target" || { status=$?; break; }
done
sum_up
# Of what ONLY names, the native tests are always looked for: when nothing else is called so and they are not either, nothing is.
if [ $status = 0 ] && [ -n "${ONLY:-}" ] && [ $# = 1 ] && [ $tests = 0 ]; then
  printf 'nothing is called like "%s": no test, no file of tests and no lint\n' "$ONLY" >&2
  status=1
fi
exit $status
