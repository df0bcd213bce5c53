//! A device: the program as it takes part in a room, and its lines.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Nothing a device does in these tests takes longer; what waits for a lost connection does.
const PATIENCE: Duration = Duration::from_secs(40);

/// A running device.
pub(crate) struct Device {
    child: Child,
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
}

/// The program, without what the environment says.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_visavis"));
    for (name, _) in std::env::vars() {
        if name.starts_with("VISAVIS_") {
            command.env_remove(name);
        }
    }
    command.kill_on_drop(true);
    command
}

/// The program, told to join.
pub(crate) fn join(url: &str, name: &str, arguments: &[&str]) -> Command {
    let mut command = program();
    command.args(["join", url, "--name", name]).args(arguments);
    command
}

async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("a device waited in vain for {what}"))
}

impl Device {
    /// Starts a device that speaks in lines.
    pub(crate) fn start(url: &str, name: &str, arguments: &[&str]) -> Self {
        let mut child = join(url, name, arguments)
            .arg("--stdio")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        Self {
            input: child.stdin.take(),
            lines: BufReader::new(output).lines(),
            child,
        }
    }

    /// Two devices in a room that reach each other, and the id of each as the other knows it.
    pub(crate) async fn pair(
        url: &str,
        names: [&str; 2],
        arguments: &[&str],
    ) -> ([Self; 2], [String; 2]) {
        let mut one = Self::start(url, names[0], arguments);
        let first = one.event("joined").await;
        let mut other = Self::start(url, names[1], arguments);
        let second = other.event("joined").await;
        one.event("connected").await;
        other.event("connected").await;
        let ids = [&first, &second].map(|joined| joined["peer"].as_str().unwrap().to_owned());
        ([one, other], ids)
    }

    pub(crate) async fn say(&mut self, line: &Value) {
        self.say_text(&line.to_string()).await;
    }

    pub(crate) async fn say_text(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it still listens");
        let line = [line, "\n"].concat();
        in_time("its program", input.write_all(line.as_bytes()))
            .await
            .unwrap();
    }

    /// The next line.
    pub(crate) async fn next(&mut self) -> Value {
        let line = in_time("a line", self.lines.next_line()).await.unwrap();
        let line = line.expect("the device still speaks");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"))
    }

    /// The next event of this kind; what comes before is passed over.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        self.until(|line| line["event"] == kind).await
    }

    /// The next message of this topic; what comes before is passed over.
    pub(crate) async fn message(&mut self, topic: &str) -> Value {
        self.until(|line| line["topic"] == topic).await
    }

    /// The next line that is like this; what comes before is passed over.
    pub(crate) async fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        self.collect(is_it).await.pop().expect("at least that line")
    }

    /// All lines up to one that is like this.
    pub(crate) async fn collect(&mut self, is_it: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut lines = vec![];
        let reading = async {
            loop {
                let line = self.next().await;
                let is_last = is_it(&line);
                lines.push(line);
                if is_last {
                    break;
                }
            }
        };
        if tokio::time::timeout(PATIENCE, reading).await.is_err() {
            panic!("a device waited in vain; it heard {lines:#?}");
        }
        lines
    }

    /// Says nothing more.
    pub(crate) fn fall_silent(&mut self) {
        self.input = None;
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let status = std::process::Command::new("kill")
            .args([name, &id])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the device to end by itself: its code, its last lines, and what it said to people.
    pub(crate) async fn end(mut self) -> (i32, Vec<Value>, String) {
        let mut lines = vec![];
        let reading = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                lines.push(serde_json::from_str(&line).unwrap());
            }
        };
        in_time("its end", reading).await;
        let mut words = String::new();
        let mut errors = self.child.stderr.take().unwrap();
        in_time("its words", errors.read_to_string(&mut words))
            .await
            .unwrap();
        let status = in_time("its end", self.child.wait()).await.unwrap();
        (status.code().unwrap_or(-1), lines, words)
    }
}
