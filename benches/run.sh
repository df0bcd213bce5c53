#!/usr/bin/env bash
# Prints the figures of the README; `make bench` sets up and builds what this needs.
set -euo pipefail
cd "$(dirname "$0")/.."

ulimit -Sn "$(ulimit -Hn)"
cargo bench --quiet --locked --features ssr --bench figures
if [ -f end2end/bench/playwright.config.ts ]; then
  npm --silent --prefix end2end run bench
fi
