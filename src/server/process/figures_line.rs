//! What the operator is told who asks by SIGUSR1 what the server is doing: one line of JSON on standard error.
//!
//! Invariant: it names nobody and no address, and is one line whatever the format of the log.

use std::io::Write;

use serde::Serialize;

use crate::server::sfu::ShardFigures;

/// The line.
#[derive(Debug, Serialize)]
pub(in crate::server) struct FiguresLine {
    /// The server has run for so many seconds.
    pub(in crate::server) uptime: u64,
    /// So many WebSockets are open.
    pub(in crate::server) connections: usize,
    /// So many rooms are open.
    pub(in crate::server) rooms: usize,
    /// What each thread of the SFU does; there is none while it is off.
    pub(in crate::server) sfu: Vec<ShardFigures>,
}

impl FiguresLine {
    /// Writes it. That nobody reads the log any more is no trouble.
    pub(in crate::server) fn write(&self) {
        if let Ok(mut line) = serde_json::to_string(self) {
            line.push('\n');
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }
}
