#!/usr/bin/env bash
# Sets up what is missing for building (and, with "test", for testing) Visavis; run again, it only checks.
#
#   scripts/setup.sh [build|test]      default: test, which includes build
#
# Tools go to ${VISAVIS_CACHE:-${XDG_CACHE_HOME:-~/.cache}/visavis}, in folders named by their version, where another
# clone finds them; a right version that is already on PATH is used as it is. What was found is written to
# .tools/env.sh, which the Makefile reads. The normal ways come first (rustup, a browser that is there); Debian's
# packages are the fallback, and VISAVIS_SETUP=debian takes that way from the start.
#
# It may be interrupted anywhere and started again: what is half there does not answer as it should, counts as missing
# and is installed anew. Where a registry cannot serve what a lock file names, it is left aside, and that is said.
# What only some of the tests need is done without where it cannot be had, and those tests are skipped. Whatever else fails is
# named in the last line, with what to do.
set -euo pipefail
cd "$(dirname "$0")/.."

RUST_MINIMUM=1.95
CARGO_LEPTOS_VERSION=0.3.11
BINARYEN_VERSION=132
NODE_MINIMUM=20
NODE_VERSION=22.23.3
WASM_BINDGEN_VERSION=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)

# One line here adds a Debian package to what the tests need: "package command-or-file that shows it is there".
TEST_PACKAGES=(
  "fonts-dejavu-core /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
  "ffmpeg ffprobe"
  "fonts-noto-color-emoji /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
  "coturn turnutils_uclient"
  "iproute2 /bin/ip"
  "nftables /usr/sbin/nft"
)

# What some of the tests need and an installation may do without: those tests are skipped then, and that is said.
FIREFOX_PACKAGE=firefox-esr
CLIENTS=end2end/clients

STAGE=${1:-test}
CACHE=${VISAVIS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/visavis}
TOOLS=$CACHE/tools
ENV_FILE=.tools/env.sh
SETUP=${VISAVIS_SETUP:-normal}
FRONT_PATH=()
TOOLCHAIN=
BROWSER=
FIREFOX=${FIREFOX:-}

DOING=starting
ENDED=
exec 3>&2 # for last lines, wherever the words of what fails may go
say() { DOING=$*; printf 'setup: %s\n' "$*"; }
fail() { ENDED=yes; printf 'setup: %s\n' "$*" >&3; exit 1; }

# What nobody below expected to fail has its line too. Ctrl-C ends the script, whatever a tool makes of it.
last_words() {
  [ -n "$ENDED" ] ||
    printf 'setup: stopped at "%s". See what is above, if anything is, and start again: it goes on.\n' "$DOING" >&3
}
trap last_words EXIT
trap 'exit 130' INT

# ---- small tools -----------------------------------------------------------------------------------------------------

at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# WHAT STATUS: what was stopped from outside (killed, out of memory) is not tried another way.
unless_stopped() { [ "$2" -lt 128 ] || fail "$1: stopped in the middle (exit $2). Start again, and it goes on."; }

# The command as root, or the words that say what to run.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif can_be_root; then
    sudo "$@"
  else
    fail "this step needs root. Run as root, then start again:  $*"
  fi
}

# Debian's package PACKAGE was unpacked, and its installation interrupted then.
is_half_installed() { grep -qE 'unpacked|half-' <<<"$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null)"; }

# Debian's package PACKAGE has brought COMMAND-OR-FILE, and is not half installed.
package_is_there() { { [ -e "$2" ] || command -v "$2" >/dev/null; } && ! is_half_installed "$1"; }

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120 "$@" >>.tools/apt.log 2>&1
}

can_be_root() {
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }
}

apt_lists_are_fresh=
# False when they cannot be installed; why, .tools/apt.log says.
try_apt_install() {
  say "installing Debian packages: $* (about a minute)"
  if [ -z "$apt_lists_are_fresh" ]; then
    as_root apt-get update -qq || say "apt-get update failed; going on with the lists that are there"
    apt_lists_are_fresh=yes
  fi
  : >.tools/apt.log
  apt_get install --no-install-recommends "$@" && return
  unless_stopped "$*" $?
  # An installation that was interrupted before has to be finished first.
  as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a >>.tools/apt.log 2>&1 || true
  apt_get --fix-broken install || true
  apt_get install --no-install-recommends "$@" && return
  unless_stopped "$*" $?
  return 1
}

apt_install() {
  command -v apt-get >/dev/null || fail "this system has no apt-get; install the equivalent of: $*"
  can_be_root || fail "this step needs root. Run, then start again:  sudo apt-get install -y $*"
  try_apt_install "$@" || {
    tail -n 20 .tools/apt.log >&2
    fail "apt-get cannot install $*; its last words are above. See to that and start again."
  }
  # Debian starts the servers it installs; of coturn only the clients are wanted, and its port is ours.
  if [[ " $* " == *" coturn "* ]] && command -v systemctl >/dev/null; then
    as_root systemctl disable --now --quiet coturn 2>/dev/null || true
  fi
}

# ---- rust ------------------------------------------------------------------------------------------------------------

run_rust() { ( [ -z "$TOOLCHAIN" ] || export RUSTUP_TOOLCHAIN=$TOOLCHAIN; "$@" ); }

rust_version() { run_rust rustc --version 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p'; }

# The C compiler, its headers and its linker, all of which a part of the crates needs.
# Rust links with it, and it compiles the crypto library (aws-lc-sys), which needs neither cmake nor clang nor nasm where its
# bindings come with it: on Linux for x86_64, aarch64 and others, see its src/.
has_c_compiler() {
  printf '#include <stdlib.h>\nint main(void) { return 0; }\n' | cc -x c -o .tools/compiled - 2>/dev/null
}

has_wasm_target() {
  run_rust rustc --target wasm32-unknown-unknown --crate-type cdylib -o .tools/compiled - </dev/null 2>/dev/null
}

has_components() {
  run_rust cargo clippy --version >/dev/null 2>&1 && run_rust cargo fmt --version >/dev/null 2>&1
}

rust_is_ready() {
  local version
  version=$(rust_version)
  [ -n "$version" ] && at_least "$RUST_MINIMUM" "$version" && has_wasm_target && has_components
}

# SECONDS ARGUMENT...; in the foreground, for otherwise Ctrl-C does not reach it.
run_rustup() {
  local seconds=$1
  shift
  timeout --foreground "$seconds" rustup "$@" || { unless_stopped "rustup $*" $?; return 1; }
}

rustup_way() {
  command -v rustup >/dev/null || return 1
  local version
  version=$(rust_version)
  if [ -z "$version" ] || ! at_least "$RUST_MINIMUM" "$version"; then
    TOOLCHAIN=$RUST_MINIMUM
    if grep -q "^$RUST_MINIMUM-" <<<"$(rustup toolchain list 2>/dev/null)"; then
      if rust_is_ready; then return 0; fi
      # rustup cannot complete what an interrupted installation left without a compiler; that has to go first.
      if [ -z "$(rust_version)" ] || ! run_rust cargo --version >/dev/null 2>&1; then
        run_rustup 60 toolchain uninstall "$RUST_MINIMUM" || return 1
      fi
    fi
    say "installing the Rust $RUST_MINIMUM toolchain with rustup (about a minute)"
    run_rustup 600 toolchain install "$RUST_MINIMUM" --profile minimal || return 1
  fi
  if ! has_wasm_target; then
    say "adding the wasm target with rustup (seconds)"
    run_rustup 300 target add wasm32-unknown-unknown ${TOOLCHAIN:+--toolchain "$TOOLCHAIN"} || return 1
  fi
  if ! has_components; then
    say "adding clippy and rustfmt with rustup (seconds)"
    run_rustup 300 component add clippy rustfmt ${TOOLCHAIN:+--toolchain "$TOOLCHAIN"} || return 1
  fi
}

# Debian's compiler, with its std for wasm built from the library sources that match it.
debian_way() {
  local packages=(rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-22) missing=() package
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"

  if command -v rustup >/dev/null; then
    TOOLCHAIN=debian
    grep -q '^debian\b' <<<"$(rustup toolchain list)" || rustup toolchain link debian /usr
  else
    FRONT_PATH+=(/usr/bin)
    export PATH="/usr/bin:$PATH"
  fi
  local version wasm_libraries=/usr/lib/rustlib/wasm32-unknown-unknown/lib
  local linker=/usr/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld
  version=$(/usr/bin/rustc --version)
  if [ ! -e "$linker" ]; then
    say "linking LLVM's linker into Debian's Rust"
    as_root mkdir -p "$(dirname "$linker")"
    as_root ln -sf /usr/lib/llvm-22/bin/lld "$linker"
  fi
  if [ "$(cat $wasm_libraries/built-by 2>/dev/null)" != "$version" ]; then
    say "building Rust's standard library for wasm (about half a minute)"
    build_wasm_std "$version" "$wasm_libraries"
  fi
}

# What says who built it goes first and comes last.
build_wasm_std() {
  local version=$1 wasm_libraries=$2 scratch=$CACHE/build/wasm-std libraries
  libraries=$scratch/target/wasm32-unknown-unknown/release/deps
  rm -rf "$scratch"
  mkdir -p "$scratch/src"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n' >"$scratch/Cargo.toml"
  : >"$scratch/src/lib.rs"
  env -C "$scratch" -u CARGO_TARGET_DIR -u RUSTUP_TOOLCHAIN \
    RUSTFLAGS="-C embed-bitcode=yes" RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 \
    /usr/bin/cargo build --quiet --release -Z build-std=std,panic_abort --target wasm32-unknown-unknown ||
    fail "Rust's standard library could not be built for wasm; cargo says why above. See to that and start again."
  rm -f "$libraries"/libempty-*
  as_root mkdir -p "$wasm_libraries"
  as_root rm -f "$wasm_libraries"/{built-by,*.rlib}
  as_root cp "$libraries"/*.rlib "$wasm_libraries"
  as_root sh -c "printf '%s' '$version' >'$wasm_libraries/built-by'"
  rm -rf "$scratch"
}

set_up_rust() {
  if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
    FRONT_PATH+=("$HOME/.cargo/bin")
    export PATH="$HOME/.cargo/bin:$PATH"
  fi
  has_c_compiler || apt_install gcc libc6-dev
  if [ "$SETUP" = debian ]; then
    debian_way
  elif ! rust_is_ready && ! rustup_way; then
    say "rustup is not there or cannot help; taking Debian's toolchain"
    TOOLCHAIN=
    debian_way
  fi
  rust_is_ready || fail "no Rust $RUST_MINIMUM that works with the wasm target, clippy and rustfmt. Install rustup" \
    "(https://rustup.rs); where it is there, run \`rustup toolchain uninstall $RUST_MINIMUM\`; and start again."
  say "$(run_rust rustc --version)${TOOLCHAIN:+, toolchain $TOOLCHAIN}"
}

# ---- tools -----------------------------------------------------------------------------------------------------------

# Puts a tool's folder on PATH, unless the right version is there already: NAME FOLDER WORD-OF-ITS-VERSION VERSION-COMMAND...
find_tool() {
  local name=$1 folder=$2 version=$3
  shift 3
  if grep -qwF "$version" <<<"$("$@" 2>/dev/null)"; then return 0; fi
  if [ -x "$folder/$name" ] && grep -qwF "$version" <<<"$(PATH="$folder:$PATH" "$@" 2>/dev/null)"; then
    FRONT_PATH+=("$folder")
    export PATH="$folder:$PATH"
    return 0
  fi
  return 1
}

# Installs a tool with the versions its own lock file names, or else with those the registry has. The build folder stays
# until the tool is there, so that an interrupted installation goes on where it was; the second attempt begins anew.
cargo_install() {
  local crate=$1 version=$2 lock root=$TOOLS/$1-$2 build=$CACHE/build/$1-$2
  shift 2
  for lock in --locked ''; do
    rm -rf "$root"
    if [ -z "$lock" ]; then
      say "$crate $version could not be installed with its lock file (see above); trying again without --locked"
      rm -rf "$build"
    fi
    env -u CARGO_BUILD_TARGET CARGO_TARGET_DIR="$build" CARGO_PROFILE_RELEASE_LTO=off \
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 ${TOOLCHAIN:+RUSTUP_TOOLCHAIN="$TOOLCHAIN"} "$@" \
      cargo install --quiet --root "$root" "$crate" --version "$version" --ignore-rust-version $lock &&
      { rm -rf "$build"; return; }
    unless_stopped "$crate $version" $?
  done
  fail "$crate $version could not be installed; cargo says why above. See to that and start again."
}

# npm for installing: quiet unless it fails.
run_npm() { npm "$@" --loglevel=error --no-audit --no-fund >/dev/null; }

# Installs one npm package as a tool. Its folder appears when all of it is there.
npm_install() {
  local name=$1 version=$2 root=$3
  rm -rf "$root.new"
  mkdir -p "$root.new"
  run_npm install --prefix "$root.new" "$name@$version" || {
    unless_stopped "$name $version" $?
    fail "$name $version could not be installed; npm says why above. See to that and start again."
  }
  rm -rf "$root"
  mv "$root.new" "$root"
}

# Installs the packages of a project of ours; false when that cannot be done. npm empties their folder first, so that what is
# noted in it at the end is only ever there with all of them.
try_npm_install_project() {
  local project=$1
  run_npm ci --prefix "$project" 2>.tools/npm.log || {
    unless_stopped "the packages of $project" $?
    ! grep -q 'code EUSAGE' .tools/npm.log ||
      fail "$project/package-lock.json does not fit package.json beside it. Run \`npm install --prefix $project\`."
    cat .tools/npm.log >&2
    say "the packages of $project could not be installed with their lock file (see above); trying again without it"
    rm -rf "$project/node_modules"
    run_npm install --no-package-lock --prefix "$project" || {
      unless_stopped "the packages of $project" $?
      return 1
    }
  }
  cp "$project/package-lock.json" "$project/node_modules/.visavis-lock"
}

npm_install_project() {
  try_npm_install_project "$1" ||
    fail "the packages of $1 could not be installed; npm says why above. See to that and start again."
}

node_is_ready() {
  local version
  version=$(node --version 2>/dev/null | tr -d v) || return 1
  at_least "$NODE_MINIMUM" "$version" && command -v npm >/dev/null
}

set_up_node() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    apt_install nodejs npm
  fi
  if ! node_is_ready; then
    local machine root tool
    case $(uname -m) in x86_64) machine=x64 ;; aarch64) machine=arm64 ;; *) fail "install Node $NODE_MINIMUM or newer" ;; esac
    root=$TOOLS/node-$NODE_VERSION
    tool=(node "$root/node_modules/node-linux-$machine/bin" "v$NODE_VERSION" node --version)
    if ! find_tool "${tool[@]}"; then
      say "Node $NODE_MINIMUM or newer is needed; installing $NODE_VERSION (half a minute)"
      npm_install "node-linux-$machine" "$NODE_VERSION" "$root"
      find_tool "${tool[@]}" || fail "Node was installed, but is not version $NODE_VERSION"
    fi
    node_is_ready || fail "Node $NODE_MINIMUM or newer is needed"
  fi
  say "node $(node --version | tr -d v)"
}

set_up_cargo_leptos() {
  local tool=(cargo-leptos "$TOOLS/cargo-leptos-$CARGO_LEPTOS_VERSION/bin" "$CARGO_LEPTOS_VERSION" cargo-leptos --version)
  if ! find_tool "${tool[@]}"; then
    say "installing cargo-leptos $CARGO_LEPTOS_VERSION (5 minutes on 2 cores)"
    cargo_install cargo-leptos "$CARGO_LEPTOS_VERSION" CARGO_PROFILE_RELEASE_OPT_LEVEL=0
    find_tool "${tool[@]}" || fail "cargo-leptos was installed, but is not version $CARGO_LEPTOS_VERSION"
  fi
  say "cargo-leptos $CARGO_LEPTOS_VERSION"
}

set_up_wasm_bindgen() {
  local tool=(wasm-bindgen "$TOOLS/wasm-bindgen-cli-$WASM_BINDGEN_VERSION/bin" "$WASM_BINDGEN_VERSION" wasm-bindgen --version)
  if ! find_tool "${tool[@]}"; then
    say "installing wasm-bindgen $WASM_BINDGEN_VERSION (2 minutes on 2 cores)"
    cargo_install wasm-bindgen-cli "$WASM_BINDGEN_VERSION" CARGO_PROFILE_RELEASE_OPT_LEVEL=1
    find_tool "${tool[@]}" || fail "wasm-bindgen was installed, but is not version $WASM_BINDGEN_VERSION"
  fi
  say "wasm-bindgen $WASM_BINDGEN_VERSION"
}

set_up_wasm_opt() {
  local root=$TOOLS/binaryen-$BINARYEN_VERSION
  local tool=(wasm-opt "$root/node_modules/.bin" "$BINARYEN_VERSION" wasm-opt --version)
  if ! find_tool "${tool[@]}"; then
    say "installing wasm-opt $BINARYEN_VERSION (seconds)"
    npm_install binaryen "$BINARYEN_VERSION.0.0" "$root"
    find_tool "${tool[@]}" || fail "wasm-opt was installed, but is not version $BINARYEN_VERSION"
  fi
  say "wasm-opt $BINARYEN_VERSION"
}

# ---- what only the tests need ----------------------------------------------------------------------------------------

find_browser() {
  local candidate
  for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$candidate" ] && BROWSER=$(command -v "$candidate") && "$BROWSER" --version >/dev/null 2>&1; then
      return 0
    fi
  done
  BROWSER=
  return 1
}

set_up_tests() {
  local entry missing=()
  for entry in "${TEST_PACKAGES[@]}"; do
    package_is_there "${entry%% *}" "${entry#* }" || missing+=("${entry%% *}")
  done
  find_browser || missing+=(chromium)
  if [ ${#missing[@]} != 0 ]; then
    apt_install "${missing[@]}"
    find_browser || fail "no Chromium or Chrome; set CHROMIUM to its path"
  fi
  say "$("$BROWSER" --version 2>/dev/null | head -n 1)"
  export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
  local project
  for project in end2end benches/node-relay; do
    [ -f "$project/package-lock.json" ] || continue
    if ! cmp -s "$project/package-lock.json" "$project/node_modules/.visavis-lock"; then
      say "installing the packages of $project (seconds)"
      npm_install_project "$project"
    fi
  done
}

# ---- what only some of the tests need --------------------------------------------------------------------------------

# WHAT LOG TESTS: they go on without it.
do_without() { say "$1 could not be installed ($2 says why); $3 will be skipped"; }

find_firefox() {
  local candidate
  for candidate in "$FIREFOX" "$FIREFOX_PACKAGE" firefox; do
    if [ -n "$candidate" ] && FIREFOX=$(command -v "$candidate") && "$FIREFOX" --version >/dev/null 2>&1; then
      return 0
    fi
  done
  FIREFOX=
  return 1
}

set_up_firefox() {
  { find_firefox && ! is_half_installed $FIREFOX_PACKAGE; } ||
    { command -v apt-get >/dev/null && can_be_root && try_apt_install $FIREFOX_PACKAGE && find_firefox; } ||
    { do_without $FIREFOX_PACKAGE .tools/apt.log "tests with Firefox"; return; }
  say "$("$FIREFOX" --version 2>/dev/null | head -n 1)"
}

# Python's packages, with the digests that their list names, in a folder of their own.
try_python_client() {
  local folder=$1 list=$2
  python3 -c 'import ensurepip, venv' 2>/dev/null ||
    { command -v apt-get >/dev/null && can_be_root && try_apt_install python3 python3-venv; } || return
  rm -rf "$folder"
  python3 -m venv "$folder" >.tools/pip.log 2>&1 || { unless_stopped "Python's packages" $?; return 1; }
  "$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r "$list" \
    >>.tools/pip.log 2>&1 || { unless_stopped "aiortc" $?; return 1; }
  cp "$list" "$folder/.visavis-lock"
}

# What the example clients stand on. Node looks for packages beside what asks for them, so a link leads there from the clients.
set_up_clients() {
  local root=.tools/clients python=$CLIENTS/aiortc/requirements.txt lock=$CLIENTS/package-lock.json
  if [ -f $python ] && ! { cmp -s $python $root/python/.visavis-lock && $root/python/bin/python -c '' 2>/dev/null; }; then
    say "installing aiortc and its packages (half a minute)"
    try_python_client $root/python $python || do_without aiortc .tools/pip.log "the test of its client"
  fi
  if [ -f $lock ] && ! cmp -s $lock $root/node_modules/.visavis-lock; then
    say "installing the packages of $CLIENTS (seconds)"
    mkdir -p $root
    cp $CLIENTS/package.json $lock $root
    try_npm_install_project $root || do_without "the packages of $CLIENTS" .tools/npm.log "tests of its clients"
  fi
  [ -d $CLIENTS/node_modules ] || [ ! -d $root/node_modules ] || ln -sfn ../../$root/node_modules $CLIENTS/node_modules
}

# What devices are measured beside; aiortc is there for the clients.
set_up_updates() {
  local project=benches/updates
  if [ -f $project/package-lock.json ] && ! cmp -s $project/package-lock.json $project/node_modules/.visavis-lock; then
    say "installing the packages of $project (seconds)"
    try_npm_install_project $project || do_without "the packages of $project" .tools/npm.log "the figures of node-datachannel"
  fi
}

# ---- all of it -------------------------------------------------------------------------------------------------------

write_env() {
  local folder
  { for folder in "${FRONT_PATH[@]}"; do printf 'export PATH="%s:$PATH"\n' "$folder"; done
    [ -z "$TOOLCHAIN" ] || printf 'export RUSTUP_TOOLCHAIN="%s"\n' "$TOOLCHAIN"
    [ -z "$BROWSER" ] || printf 'export CHROMIUM="%s"\n' "$BROWSER"
    [ -z "$FIREFOX" ] || printf 'export FIREFOX="%s"\n' "$FIREFOX"
  } >"$ENV_FILE.new"
  mv "$ENV_FILE.new" "$ENV_FILE"
}

case $STAGE in build | test) ;; *) fail "unknown stage $STAGE; it is build or test" ;; esac
started=$SECONDS
mkdir -p .tools "$TOOLS"
set_up_rust
set_up_node
set_up_cargo_leptos
set_up_wasm_bindgen
set_up_wasm_opt
if [ "$STAGE" = test ]; then
  set_up_tests
  set_up_firefox
  set_up_clients
  set_up_updates
else
  find_browser || true
  find_firefox || true
fi
write_env
ENDED=yes
say "done in $((SECONDS - started)) s"
