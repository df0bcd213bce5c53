//! Who takes part while devices are measured: `visavis load`, `visavis join`, and devices on the libraries they are compared with.
//!
//! Invariant: each is a process of its own, is spoken to with the same lines whatever it stands on, and ends with the value that
//! stands for it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{sleep, timeout};

use crate::Result;
use crate::process::{Server, cpu_seconds_of, own_kib_of, resident_kib_of};

/// So many of a load join each second.
const RATE: usize = 40;

/// After this time connections are there and have come to rest.
pub(crate) const SETTLING: Duration = Duration::from_secs(5);

/// It is measured for so long.
pub(crate) const MEASURED: Duration = Duration::from_secs(10);

/// Nobody is waited for longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, and the binary that takes part in its rooms.
pub(crate) struct Bench<'a> {
    /// `visavis`.
    pub(crate) binary: PathBuf,
    /// Where the rooms are.
    pub(crate) server: &'a Server,
}

impl Bench<'_> {
    fn url(&self, room: &str) -> String {
        format!("http://{}/r/{room}", self.server.address())
    }
}

/// What a device stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stack {
    /// `visavis join --stdio`.
    Visavis,
    /// aiortc, in Python.
    Aiortc,
    /// node-datachannel: libdatachannel in Node.
    NodeDatachannel,
}

impl Stack {
    /// The program on a stack that is not ours.
    fn other_program(self) -> Option<Command> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (runner, program) = match self {
            Self::Visavis => return None,
            Self::Aiortc => (
                root.join(".tools/clients/python/bin/python"),
                "aiortc_sender.py",
            ),
            Self::NodeDatachannel => (PathBuf::from("node"), "datachannel_sender.mjs"),
        };
        let mut command = Command::new(runner);
        command.arg(root.join("benches/updates").join(program));
        Some(command)
    }

    /// What joins the room.
    fn join(self, bench: &Bench<'_>, room: &str) -> Command {
        if let Some(mut command) = self.other_program() {
            let socket = format!("ws://{}/ws", bench.server.address());
            command.args([&socket, room, "Device"]);
            return command;
        }
        let mut command = Command::new(&bench.binary);
        command.args(["join", &bench.url(room), "--name", "Device", "--stdio"]);
        command
    }

    /// Its name with its version. An error is the words for why there can be no device on it here.
    pub(crate) async fn version(self) -> std::result::Result<String, String> {
        let Some(mut command) = self.other_program() else {
            return Ok("Visavis".to_owned());
        };
        let output = command.arg("--version").output().await;
        let output = output.map_err(|_| "set-up could not install it".to_owned())?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        // Both languages say what went wrong in a line of its own, between others that say where.
        let words = String::from_utf8_lossy(&output.stderr);
        let reason = words
            .lines()
            .rfind(|line| line.contains("Error") && !line.starts_with(' '));
        Err(reason.unwrap_or("it does not start").to_owned())
    }
}

/// `visavis load` as it runs.
pub(crate) struct Load {
    child: Child,
    seats: usize,
}

impl Load {
    /// Starts it with so many people in all; it stays for as long as somebody may want to measure.
    pub(crate) fn start(
        bench: &Bench<'_>,
        room: &str,
        seats: usize,
        arguments: &[&str],
    ) -> Result<Self> {
        let duration = (SETTLING + MEASURED + MEASURED).as_secs().to_string();
        let child = Command::new(&bench.binary)
            .args(["load", &bench.url(room), "--json"])
            .args(["--rate", &RATE.to_string(), "--duration", &duration])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { child, seats })
    }

    fn id(&self) -> Result<u32> {
        Ok(self.child.id().ok_or("the load has ended")?)
    }

    /// Memory it has in use, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<f64> {
        resident_kib_of(self.id()?)
    }

    /// After this time everybody is there.
    pub(crate) fn settled_after(&self) -> Duration {
        Duration::from_secs_f64(self.seats as f64 / RATE as f64) + SETTLING
    }

    /// How much of a processor it uses once everybody is there.
    pub(crate) async fn cores(&self) -> Result<f64> {
        sleep(self.settled_after()).await;
        let (before, began) = (cpu_seconds_of(self.id()?)?, Instant::now());
        sleep(MEASURED).await;
        Ok((cpu_seconds_of(self.id()?)? - before) / began.elapsed().as_secs_f64())
    }

    /// Ends it; what it measured.
    pub(crate) async fn end(self) -> Result<Value> {
        let id = self.id()?.to_string();
        Command::new("kill").args(["-INT", &id]).status().await?;
        let output = self.child.wait_with_output().await?;
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// A device as it runs, and its lines.
pub(crate) struct Device {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Device {
    /// Starts one on this stack, which joins the room.
    pub(crate) fn start(bench: &Bench<'_>, stack: Stack, room: &str) -> Result<Self> {
        let mut child = stack
            .join(bench, room)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let input = child.stdin.take().ok_or("no standard input")?;
        let output = child.stdout.take().ok_or("no standard output")?;
        Ok(Self {
            child,
            input,
            lines: BufReader::new(output).lines(),
        })
    }

    fn id(&self) -> Result<u32> {
        Ok(self.child.id().ok_or("the device has ended")?)
    }

    /// Processor time it has used so far, its own and the kernel's for it, in seconds.
    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        cpu_seconds_of(self.id()?)
    }

    /// Memory it has in use, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<f64> {
        resident_kib_of(self.id()?)
    }

    /// Memory that is its own, in KiB.
    pub(crate) fn own_kib(&self) -> Result<f64> {
        own_kib_of(self.id()?)
    }

    /// Gives it a line.
    pub(crate) async fn say(&mut self, line: &Value) -> Result<()> {
        Ok(self.input.write_all(format!("{line}\n").as_bytes()).await?)
    }

    /// Its next line. Nothing is lost when that is given up.
    pub(crate) async fn next_line(&mut self) -> Result<Value> {
        let line = self.lines.next_line().await?;
        Ok(serde_json::from_str(&line.ok_or("the device has ended")?)?)
    }

    /// Waits for a line; those before it are left aside.
    pub(crate) async fn await_line(&mut self, is_it: impl Fn(&Value) -> bool) -> Result<()> {
        let waiting = async {
            while !is_it(&self.next_line().await?) {}
            Ok(())
        };
        timeout(PATIENCE, waiting)
            .await
            .map_err(|_| "a device did not say what it should have said")?
    }

    /// Waits until it is connected to so many.
    pub(crate) async fn await_connected(&mut self, others: usize) -> Result<()> {
        for _ in 0..others {
            self.await_line(|line| line["event"] == "connected").await?;
        }
        Ok(())
    }
}
