# Visavis: `make run` to have it, `make test` to prove it.
#
# make run       sets up what is missing, builds the release binary, serves http://127.0.0.1:3000
# make dev       the same for development: rebuilds and reloads the page at every change of a file
# make test      sets up, then: formatting, lints, unit and black-box tests, and of the browser tests and the network lab those
#                that hold each promise of the README once; ends with a table of the steps and their minutes
# make test-all  the same with every browser test, the whole lab, ten times the simulations and a minute of fuzzing each target
# make test ONLY=chat    the tests whose file or name contains it: native ones, browser tests and the lab's
# make check     the quick part of it: formatting, lints and native tests of the server's half
# make bench     the figures of the README; VISAVIS_BENCH_ONLY=page,devices takes parts of them alone (benches/figures/main.rs)
# make fuzz      a minute each of what strangers may send to the server, and programs and files to a device; new inputs are kept in fuzz/corpus
# make setup     only the set-up         make fmt   formats the sources

SHELL := bash
.DELETE_ON_ERROR:
.PHONY: run dev test test-all check bench fuzz setup fmt build lint-format lint-server lint-browser test-native \
  test-browser test-browser-all test-lab test-lab-all test-dev test-seeds

STEP := scripts/step.sh
STEPS := scripts/steps.sh
TARGET := $(if $(CARGO_TARGET_DIR),$(abspath $(CARGO_TARGET_DIR)),$(CURDIR)/target)
BINARY := $(TARGET)/release/visavis
export VISAVIS_BIN ?= $(BINARY)
export ONLY

run:
	@scripts/setup.sh build
	@$(MAKE) --no-print-directory build
	@exec $(BINARY)

dev:
	@scripts/setup.sh build
	@$(STEP) "Watch" env LEPTOS_HASH_FILES=false cargo leptos watch

setup:
	@$(STEP) "Set-up" scripts/setup.sh test

fmt:
	@$(STEP) "Format" cargo fmt

check: lint-format lint-server test-native

# Each step starts when the one before has succeeded.
ifdef ONLY
test test-all:
	@scripts/only.sh
else
test:
	@$(STEPS) setup lint-format lint-server test-native lint-browser build test-browser test-lab

test-all:
	@$(STEPS) setup lint-format lint-server test-native lint-browser build test-browser-all test-lab-all test-dev \
	  test-seeds fuzz
endif

lint-format:
	@$(STEP) "Formatting" cargo fmt --check

lint-server:
	@$(STEP) "Lints of the server's half" cargo clippy --locked --all-targets --features ssr -- -D warnings

lint-browser:
	@$(STEP) "Lints of the browser's half" \
	  cargo clippy --locked --lib --target wasm32-unknown-unknown --features hydrate -- -D warnings

test-native:
	@$(STEP) "Unit and black-box tests" scripts/tests.sh native

# Ten thousand stories are told with the native tests; these are a hundred thousand others.
test-seeds:
	@$(STEP) "Ten times the simulations" env VISAVIS_SEEDS=10 \
	  cargo test --locked --features ssr --lib -- simulation active_speaker switching takeover

build:
	@$(STEP) "Release build" cargo leptos build --release --split --cargo-locked

test-browser:
	@$(STEP) "Browser tests" scripts/tests.sh browser

test-browser-all:
	@$(STEP) "Every browser test" scripts/tests.sh browser all

test-lab:
	@$(STEP) "Network lab" scripts/tests.sh lab

test-lab-all:
	@$(STEP) "The whole network lab" scripts/tests.sh lab all

# The development build, as `cargo leptos watch` makes it without this file.
test-dev:
	@$(STEP) "Development build" npm --silent --prefix end2end run dev

bench:
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory build
	@$(STEP) "Benchmarks" benches/run.sh

fuzz:
	@$(STEP) "Fuzzing" fuzz/run.sh
