//! The lines a check prints.
//!
//! Invariant: one finding, one line, and below what is wrong one more with what to do.

use std::io::{self, ErrorKind, Write};

/// The verdict on everything that was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckVerdict {
    /// Nothing is wrong.
    Good,
    /// Something will not work, and the program's exit code says so.
    Bad,
}

/// A report prints what is found at once, since a test may wait for seconds.
pub(super) struct Report<W> {
    /// Every line is written here.
    out: W,
    /// The verdict is good until the first line that says otherwise.
    verdict: CheckVerdict,
}

impl<W: Write> Report<W> {
    /// Begins a report in which nothing is wrong yet.
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            verdict: CheckVerdict::Good,
        }
    }

    /// Says what the next lines are about.
    pub(super) fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// Says that something works.
    pub(super) fn good(&mut self, fact: &str) -> io::Result<()> {
        writeln!(self.out, "  ✓ {fact}")?;
        self.out.flush()
    }

    /// Says that something works as it is, and may still not be what was meant.
    pub(super) fn doubtful(&mut self, fact: &str, advice: &str) -> io::Result<()> {
        writeln!(self.out, "  ! {fact}\n    {advice}")?;
        self.out.flush()
    }

    /// Says that something does not work, and what to do.
    pub(super) fn bad(&mut self, fact: &str, advice: &str) -> io::Result<()> {
        self.verdict = CheckVerdict::Bad;
        writeln!(self.out, "  ✗ {fact}\n    {advice}")?;
        self.out.flush()
    }

    /// Says how it ended.
    pub(super) fn finish(mut self) -> io::Result<CheckVerdict> {
        let words = match self.verdict {
            CheckVerdict::Good => "Nothing is wrong.",
            CheckVerdict::Bad => "What is marked with ✗ will not work.",
        };
        writeln!(self.out, "{words}")?;
        Ok(self.verdict)
    }
}

/// Says what to do about a port that is not to be had.
pub(super) fn port_advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::AddrInUse => {
            "Another program listens there (or Visavis itself, if it runs already). Stop it, or take another port."
        }
        ErrorKind::PermissionDenied => {
            "Ports below 1024 need a right of their own: setcap cap_net_bind_service=+ep on the binary, or \
             AmbientCapabilities=CAP_NET_BIND_SERVICE in a systemd unit; or take a higher port."
        }
        ErrorKind::AddrNotAvailable => {
            "This machine has no such address. 0.0.0.0 or [::] stands for all it has."
        }
        _ => "Take another address or port.",
    }
}
