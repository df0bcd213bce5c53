//! What was sent and has not been heard of for long: feedback names it by its number.
//!
//! Invariant: it holds at most [`MOST`] packets, none much older than [`OLDEST`], and whatever a receiver names, each packet
//! arrives at most once.

use std::collections::VecDeque;

use super::micros::Micros;
use super::probe::ProbeId;

/// So many packets are remembered at most: 0.8 s at 200 Mbit/s.
const MOST: usize = 1 << 14;

/// What was sent longer ago is forgotten, in µs: no feedback is that late.
const OLDEST: Micros = 4_000_000;

/// What is known of a packet that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// No feedback named it yet.
    Unknown,
    /// Feedback said that it had not arrived.
    Missing,
    /// Feedback said that it had arrived.
    Arrived,
}

/// A packet that was sent.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// When it was sent, by our clock.
    sent: Micros,
    /// The bytes of the RTP packet.
    bytes: u32,
    /// The probe that it belongs to.
    probe: Option<ProbeId>,
    /// What was said of it.
    fate: Fate,
}

/// What feedback tells of one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// The unwrapped number.
    pub(super) number: u64,
    /// When it was sent, by our clock.
    pub(super) sent: Micros,
    /// The bytes of the RTP packet.
    pub(super) bytes: u32,
    /// The probe that it belongs to.
    pub(super) probe: Option<ProbeId>,
    /// An earlier feedback said that it had not arrived.
    pub(super) was_missing: bool,
}

/// The packets that were sent of late, by number.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The packets, in the order of their numbers, without gaps.
    entries: VecDeque<Entry>,
    /// The number of the first of them.
    first: u64,
}

impl History {
    /// Remembers a packet. One whose number was given before is not; one whose number leaves a gap lets everything before it be
    /// forgotten.
    pub(super) fn add(&mut self, number: u64, sent: Micros, bytes: u32, probe: Option<ProbeId>) {
        let next = self.next();
        if number < next {
            return;
        }
        if number > next {
            self.entries.clear();
            self.first = number;
        }
        self.entries.push_back(Entry {
            sent,
            bytes,
            probe,
            fate: Fate::Unknown,
        });
        // Two for one that comes: it never lags behind, and no packet costs more than that.
        for _ in 0..2 {
            let is_old = |it: &Entry| sent.saturating_sub(it.sent) > OLDEST;
            if self.entries.len() > MOST || self.entries.front().is_some_and(is_old) {
                self.entries.pop_front();
                self.first += 1;
            }
        }
    }

    /// Finds the packet of a 16-bit number, and notes what is said of it. `None` if it is unknown, or says nothing new.
    pub(super) fn tell(&mut self, wrapped: u16, has_arrived: bool) -> Option<Told> {
        let newest = self.next().checked_sub(1)?;
        // What is lost here are the bits that the receiver does not see either.
        let back = ((newest & 0xffff) + 0x1_0000 - u64::from(wrapped)) & 0xffff;
        let number = newest.checked_sub(back)?;
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        let entry = self.entries.get_mut(place)?;
        let was_missing = match (entry.fate, has_arrived) {
            (Fate::Arrived, _) | (Fate::Missing, false) => return None,
            (fate, _) => fate == Fate::Missing,
        };
        entry.fate = match has_arrived {
            true => Fate::Arrived,
            false => Fate::Missing,
        };
        Some(Told {
            number,
            sent: entry.sent,
            bytes: entry.bytes,
            probe: entry.probe,
            was_missing,
        })
    }

    /// Forgets what was sent until now: what is said of it counts as nothing.
    pub(super) fn begin_anew(&mut self) {
        self.first = self.next();
        self.entries.clear();
    }

    /// The number that comes next.
    fn next(&self) -> u64 {
        // No memory holds more packets than 64 bits count.
        self.first + u64::try_from(self.entries.len()).unwrap_or(0)
    }
}

#[cfg(test)]
#[path = "tests/history.rs"]
mod tests;
