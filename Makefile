# Visavis: `make run` to have it, `make test` to prove it.
#
# make run      sets up what is missing, builds the release binary, serves http://127.0.0.1:3000
# make dev      the same for development: rebuilds and reloads the page at every change of a file
# make test     sets up, then: formatting, lints, unit, black-box and browser tests, and the network lab
# make check    the quick part of it: formatting, lints and native tests of the server's half
# make bench    the figures of the README
# make fuzz     a minute each of what strangers may send to the server; new inputs are kept in fuzz/corpus
# make setup    only the set-up          make fmt   formats the sources

SHELL := bash
.DELETE_ON_ERROR:
.PHONY: run dev test check bench fuzz setup fmt build lint-format lint-server lint-browser test-native test-browser \
  test-lab

STEP := scripts/step.sh
TARGET := $(if $(CARGO_TARGET_DIR),$(abspath $(CARGO_TARGET_DIR)),$(CURDIR)/target)
BINARY := $(TARGET)/release/visavis
export VISAVIS_BIN ?= $(BINARY)

run:
	@scripts/setup.sh build
	@$(MAKE) --no-print-directory build
	@exec $(BINARY)

dev:
	@scripts/setup.sh build
	@$(STEP) "Watch" env LEPTOS_HASH_FILES=false cargo leptos watch

setup:
	@scripts/setup.sh test

fmt:
	@$(STEP) "Format" cargo fmt

check: lint-format lint-server test-native

# Each step starts when the one before has succeeded; the name of the one that failed is the last line.
test:
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory lint-format
	@$(MAKE) --no-print-directory lint-server
	@$(MAKE) --no-print-directory test-native
	@$(MAKE) --no-print-directory lint-browser
	@$(MAKE) --no-print-directory build
	@$(MAKE) --no-print-directory test-browser
	@$(MAKE) --no-print-directory test-lab

lint-format:
	@$(STEP) "Formatting" cargo fmt --check

lint-server:
	@$(STEP) "Lints of the server's half" cargo clippy --locked --all-targets --features ssr -- -D warnings

lint-browser:
	@$(STEP) "Lints of the browser's half" \
	  cargo clippy --locked --lib --target wasm32-unknown-unknown --features hydrate -- -D warnings

test-native:
	@$(STEP) "Unit and black-box tests" cargo test --locked --features ssr

build:
	@$(STEP) "Release build" cargo leptos build --release --split --cargo-locked

test-browser:
	@$(STEP) "Browser tests" npm --prefix end2end test --

test-lab:
	@$(STEP) "Network lab" npm --prefix end2end run lab --

bench:
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory build
	@$(STEP) "Benchmarks" benches/run.sh

fuzz:
	@$(STEP) "Fuzzing" fuzz/run.sh
