//! The sequence numbers that a generic NACK names (RFC 4585 §6.2.1).
//!
//! Pure. Invariant: there are at most 17 for each four bytes. They may repeat, and nothing says that such packets were ever sent.

use std::slice::Iter;

/// The sequence numbers that a NACK names, in its order.
#[derive(Clone, Debug)]
pub(in crate::server::sfu) struct MissingNumbers<'a> {
    /// The entries that are not begun: each a number (`PID`) and which of the 16 behind it are missing as well (`BLP`).
    entries: Iter<'a, [u8; 4]>,
    /// The number of the entry that is begun.
    first: u16,
    /// Which of the 17 from there on are still to be named; the lowest bit is the number itself.
    named: u32,
}

impl<'a> MissingNumbers<'a> {
    /// Reads the entries of a NACK. What is no whole entry at the end is none.
    pub(super) fn read(entries: &'a [u8]) -> Self {
        Self {
            entries: entries.as_chunks().0.iter(),
            first: 0,
            named: 0,
        }
    }
}

impl Iterator for MissingNumbers<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        if self.named == 0 {
            let [first @ .., high, low] = *self.entries.next()?;
            self.first = u16::from_be_bytes(first);
            self.named = u32::from(u16::from_be_bytes([high, low])) << 1 | 1;
        }
        let behind = u16::try_from(self.named.trailing_zeros()).ok()?;
        self.named &= self.named - 1;
        Some(self.first.wrapping_add(behind))
    }
}

#[cfg(test)]
#[path = "tests/missing_numbers.rs"]
mod tests;
