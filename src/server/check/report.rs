//! The lines a check prints.
//!
//! Invariant: one finding, one line, and below what is wrong one more with what to do.

use std::io::{self, Write};

use super::CheckVerdict;

/// What is found, as it is found.
pub(super) struct Report<W> {
    out: W,
    verdict: CheckVerdict,
}

impl<W: Write> Report<W> {
    /// Nothing yet.
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            verdict: CheckVerdict::Good,
        }
    }

    /// What the next lines are about.
    pub(super) fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// Something works.
    pub(super) fn good(&mut self, fact: &str) -> io::Result<()> {
        writeln!(self.out, "  ✓ {fact}")?;
        self.out.flush()
    }

    /// Something works as it is, and may still not be what was meant.
    pub(super) fn doubtful(&mut self, fact: &str, advice: &str) -> io::Result<()> {
        writeln!(self.out, "  ! {fact}\n    {advice}")?;
        self.out.flush()
    }

    /// Something does not work.
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
