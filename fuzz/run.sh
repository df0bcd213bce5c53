#!/usr/bin/env bash
# Runs every fuzz target for a minute (VISAVIS_FUZZ_SECONDS) and keeps the inputs that reach something new.
#
# The compiler's own coverage instrumentation and libFuzzer from a crate are enough: no nightly, no further tool. What
# stops a target is left in fuzz/artifacts; give it to the target again as its argument.
set -euo pipefail
cd "$(dirname "$0")"

SECONDS_EACH=${VISAVIS_FUZZ_SECONDS:-60}
TARGETS=("$@")
[ ${#TARGETS[@]} != 0 ] || TARGETS=(stun turn channel_data signaling lines media sfu_datagrams sfu_offers sfu_pictures sfu_messages)

host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares"
# With a named target, build scripts are built without these flags.
cargo build --quiet --release --locked --target "$host"

for target in "${TARGETS[@]}"; do
  echo "fuzz: $target, ${SECONDS_EACH} s"
  mkdir -p "corpus/$target" artifacts
  fresh=$(mktemp -d)
  "${CARGO_TARGET_DIR:-target}/$host/release/$target" -max_total_time="$SECONDS_EACH" -max_len=4096 -timeout=5 \
    -rss_limit_mb=512 -print_final_stats=1 -verbosity=0 -artifact_prefix="artifacts/$target-" \
    "$fresh" "corpus/$target" 2>"artifacts/$target.log" || { tail -n 40 "artifacts/$target.log" >&2; exit 1; }
  grep -E 'number_of_executed_units|new_units_added' "artifacts/$target.log" || true
  # The fewest inputs that together reach everything.
  kept=$(mktemp -d)
  "${CARGO_TARGET_DIR:-target}/$host/release/$target" -set_cover_merge=1 -use_counters=0 -max_len=4096 -verbosity=0 \
    "$kept" "corpus/$target" "$fresh" >/dev/null 2>&1
  rm -rf "corpus/$target"
  cp -r "$kept" "corpus/$target"
  rm -rf "$kept"
  rm -rf "$fresh"
done
