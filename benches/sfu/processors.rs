//! Where things run: the clients on a processor of their own, and on an address that both servers serve.
//!
//! Invariant: what was changed of this process is as it was once it is over.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::process::Command;

use crate::Result;

/// The clients have this processor alone.
const CLIENTS: &str = "1";

/// An address of nobody (RFC 5737): the system says from which of its own it would write there.
const ELSEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(198, 51, 100, 1), 9);

/// As long as it lives, this process has the second processor alone.
pub(crate) struct Pinned {
    before: String,
}

impl Pinned {
    /// Goes to the second processor; `None` when there is none.
    pub(crate) fn to_the_second() -> Result<Option<Self>> {
        let status = fs::read_to_string("/proc/self/status")?;
        let mut lines = status.lines();
        let before = lines.find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        let before = before.ok_or("no processors in status")?.trim().to_owned();
        if std::thread::available_parallelism()?.get() < 2 {
            return Ok(None);
        }
        pin(CLIENTS)?;
        Ok(Some(Self { before }))
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        let _ = pin(&self.before);
    }
}

fn pin(processors: &str) -> Result<()> {
    let own = std::process::id().to_string();
    let mut command = Command::new("taskset");
    let output = command.args(["-a", "-c", "-p", processors, &own]).output();
    let output = output.map_err(|error| format!("taskset: {error}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("taskset: {}", words.trim()).into());
    }
    Ok(())
}

/// The address for media: one that is not loopback, if the machine has any, since Janus does not serve that. Datagrams to it do not
/// leave the machine either.
pub(crate) fn own_address() -> IpAddr {
    let found = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        socket.connect(ELSEWHERE).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    let usable = found().filter(|address| !address.is_unspecified());
    usable.unwrap_or(Ipv4Addr::LOCALHOST.into())
}
