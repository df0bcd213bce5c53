//! A server as a process, and what the kernel knows about it.
//!
//! Invariant: the process ends with the value that stands for it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::Result;

/// A running server that said where it listens.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    _data: Option<TempDir>,
}

impl Server {
    /// Starts it and waits for the line that says it is ready. `data` is removed when the server is dropped.
    pub(crate) fn start(mut command: Command, data: Option<TempDir>) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{command:?}: {error}"))?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
        let address = loop {
            let Some(line) = lines.next() else {
                return Err(format!("{command:?} ended before it was ready").into());
            };
            if let Some((_, address)) = line?.split_once("ready on http://") {
                let end = address
                    .find(|character: char| {
                        !(character.is_ascii_digit() || ".:".contains(character))
                    })
                    .unwrap_or(address.len());
                break address[..end].parse()?;
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            child,
            address,
            _data: data,
        })
    }

    /// Starts one that says nothing, and waits until it takes TCP connections at the address.
    pub(crate) fn start_silent(
        mut command: Command,
        address: SocketAddr,
        data: TempDir,
    ) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{command:?}: {error}"))?;
        let mut server = Self {
            child,
            address,
            _data: Some(data),
        };
        while TcpStream::connect(address).is_err() {
            if server.child.try_wait()?.is_some() {
                return Err(format!("{command:?} ended before it was ready").into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Processor time it has used so far, its own and the kernel's for it, in seconds.
    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        cpu_seconds_of(self.child.id())
    }

    /// Memory it has in use, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<f64> {
        resident_kib_of(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time a process has used so far, its own and the kernel's for it, in seconds.
pub(crate) fn cpu_seconds_of(process: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after_name = text.rsplit_once(')').ok_or("no name in stat")?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |index: usize| -> Result<f64> {
        Ok(fields.get(index).ok_or("stat is too short")?.parse()?)
    };
    Ok((ticks(11)? + ticks(12)?) / ticks_per_second()?)
}

/// Memory a process has in use, in KiB.
pub(crate) fn resident_kib_of(process: u32) -> Result<f64> {
    status_kib(process, "VmRSS:")
}

/// Memory that is a process's own, in KiB: without what it reads of the program's file, which all who run that share.
pub(crate) fn own_kib_of(process: u32) -> Result<f64> {
    status_kib(process, "RssAnon:")
}

fn status_kib(process: u32, field: &str) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let line = line.ok_or_else(|| format!("no {field} in status"))?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn ticks_per_second() -> Result<f64> {
    let output = Command::new("getconf").arg("CLK_TCK").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// How many files this process, and so the servers it starts, may have open.
pub(crate) fn open_files() -> Result<usize> {
    let text = fs::read_to_string("/proc/self/limits")?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .ok_or("no limit on open files")?;
    Ok(line
        .split_whitespace()
        .next()
        .ok_or("no soft limit")?
        .parse()?)
}

/// The machine in one line.
pub(crate) fn machine() -> Result<String> {
    let text = fs::read_to_string("/proc/cpuinfo")?;
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism()?;
    let node = Command::new("node").arg("--version").output()?;
    let node = String::from_utf8(node.stdout)?;
    Ok(format!("{model}, {cores} cores, Node {}", node.trim()))
}
