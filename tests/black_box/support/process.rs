//! The server's process.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;

/// A running server with a data directory of its own.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    announcement: String,
    folder: TempDir,
    arguments: Vec<String>,
}

fn command(folder: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_visavis"));
    for (name, _) in std::env::vars() {
        if name.starts_with("VISAVIS_") {
            command.env_remove(name);
        }
    }
    if arguments.first().is_some_and(|first| first == "check") {
        command.arg("check");
    }
    if !arguments.iter().any(|argument| argument == "--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    let visits = arguments.iter().any(|argument| argument == "--url");
    if !visits
        && !arguments
            .iter()
            .any(|argument| argument.starts_with("--turn-listen"))
    {
        // The relay's default port is one for all servers of the machine.
        command.arg("--no-turn");
    }
    if !visits && !arguments.iter().any(|argument| argument == "--sfu") {
        // So is the SFU's.
        command.args(["--sfu", "off"]);
    }
    let rest = arguments.iter().filter(|argument| *argument != "check");
    command.arg("--data-dir").arg(folder).args(rest);
    command
}

fn address_in(announcement: &str) -> SocketAddr {
    let line = announcement.lines().next().unwrap_or_default();
    let url = line.strip_prefix("Visavis is ready on http");
    let address = url.map(|url| url.trim_start_matches('s').trim_start_matches("://"));
    address.expect("the ready line").parse().unwrap()
}

fn log_file(folder: &Path) -> File {
    File::options()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .unwrap()
}

impl Server {
    /// Starts a server; returns when it is ready.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let log = log_file(folder.path());
        Self::start_in(folder, log.into(), arguments)
    }

    /// Starts a server whose log goes where nobody reads it any more.
    pub(crate) fn start_with_a_broken_log(arguments: &[&str]) -> Self {
        let (_, log) = std::io::pipe().unwrap();
        Self::start_in(TempDir::new().unwrap(), log.into(), arguments)
    }

    fn start_in(folder: TempDir, log: Stdio, arguments: &[&str]) -> Self {
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| (*argument).to_owned())
            .collect();
        let (child, announcement) = Self::launch(folder.path(), log, &arguments);
        Self {
            child,
            address: address_in(&announcement),
            announcement,
            folder,
            arguments,
        }
    }

    fn launch(folder: &Path, log: Stdio, arguments: &[String]) -> (Child, String) {
        let mut child = command(folder, arguments)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut announcement = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut announcement).unwrap();
        // All of it is written at once.
        announcement += std::str::from_utf8(output.buffer()).unwrap();
        (child, announcement)
    }

    /// What the server said when it was ready.
    pub(crate) fn announcement(&self) -> &str {
        &self.announcement
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it speaks TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.announcement.contains("ready on https://")
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a room, as people pass it on, where the server speaks in the clear.
    pub(crate) fn room(&self, name: &str) -> String {
        format!("http://{}/r/{name}", self.address)
    }

    /// Everything logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    pub(crate) fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// Kills the process where it stands, and starts another on the same data.
    pub(crate) fn crash_and_restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let log = log_file(self.folder.path()).into();
        (self.child, self.announcement) = Self::launch(self.folder.path(), log, &self.arguments);
        self.address = address_in(&self.announcement);
    }

    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the process to end by itself, and says how long that took.
    pub(crate) fn wait(&mut self) -> (ExitStatus, Duration) {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, started.elapsed());
            }
            assert!(
                started.elapsed() < Duration::from_secs(10),
                "the server does not stop"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets the test itself have as many files open as the system allows.
pub(crate) fn raise_file_limit() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, raised).unwrap();
}

/// Runs the program where it is expected to end by itself: `check`, or a server that cannot start.
pub(crate) fn failed_start(
    folder: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Output {
    let arguments: Vec<String> = arguments
        .iter()
        .map(|argument| (*argument).to_owned())
        .collect();
    command(folder, &arguments)
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}
