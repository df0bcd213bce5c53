#!/usr/bin/env bash
# Prints the figures of the README; `make bench` sets up and builds what this needs. VISAVIS_BENCH_ONLY takes some parts of those
# that need no browser alone: benches/figures/main.rs has their names.
set -euo pipefail
cd "$(dirname "$0")/.."

ulimit -Sn "$(ulimit -Hn)"
cargo bench --quiet --locked --features ssr --bench figures
if [ -z "${VISAVIS_BENCH_ONLY:-}" ] && [ -f end2end/bench/playwright.config.ts ]; then
  npm --silent --prefix end2end run bench
fi
