//! What was sent of a picture, kept in case the receiver missed it.
//!
//! Invariant: at most [`KEPT_PACKETS`] packets are kept, none longer than [`KEPT`], in the order of their numbers; and what is
//! sent again is at most [`REPEATED_PART`] of what was sent.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::header::low;
use super::outgoing_packet::OutgoingPacket;

/// What was sent is kept for so long.
const KEPT: Duration = Duration::from_secs(1);

/// So many packets are kept.
const KEPT_PACKETS: usize = 256;

/// At most such a part of what is sent may be sent again.
const REPEATED_PART: f64 = 0.5;

/// So many bytes may be sent again at once: what a call begins with, and what can be saved up.
const CREDIT: f64 = 100_000.0;

/// A number that is further behind the newest is one that is still to come.
const MOST_BEHIND: u16 = 0x7fff;

/// Packets that were sent.
#[derive(Debug)]
pub(super) struct Kept {
    /// The packets, in the order of their numbers.
    packets: VecDeque<KeptPacket>,
    /// So many bytes may be sent again.
    credit: f64,
    /// The picture is asked for anew because something up to this number was missed.
    given_up: Option<u64>,
}

/// What becomes of a packet that a receiver has missed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Repeat {
    /// It is sent again.
    Packet(OutgoingPacket),
    /// It is under way, was not sent yet, or there is no credit for it.
    NotNow,
    /// It is kept no more, and nothing but a keyframe helps. It is said once for all that was sent until now.
    TooLate,
}

/// A packet that was sent.
#[derive(Debug)]
struct KeptPacket {
    /// The packet.
    packet: OutgoingPacket,
    /// It was last sent then.
    at: Instant,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            packets: VecDeque::new(),
            credit: CREDIT,
            given_up: None,
        }
    }
}

impl Kept {
    /// Keeps a packet that was sent.
    pub(super) fn keep(&mut self, packet: OutgoingPacket, now: Instant) {
        let size = size_of(&packet);
        self.credit = CREDIT.min(self.credit + REPEATED_PART * size);
        let is_old = |kept: &KeptPacket| kept.at + KEPT < now;
        while self.packets.len() >= KEPT_PACKETS || self.packets.front().is_some_and(is_old) {
            self.packets.pop_front();
        }
        let place = self.place_of(packet.sequence);
        let place = match place {
            // It was sent before everything that is kept.
            0 if !self.packets.is_empty() => return,
            place => place,
        };
        self.packets.insert(place, KeptPacket { packet, at: now });
    }

    /// Gives a packet that is to be sent again, by the lower 16 bits of its number. What was sent less than `pause` ago is under way,
    /// and what there is no credit for is not sent again.
    pub(super) fn again(&mut self, number: u16, pause: Duration, now: Instant) -> Repeat {
        let Some(newest) = self.packets.back().map(|kept| kept.packet.sequence) else {
            return Repeat::NotNow;
        };
        let behind = low(newest).wrapping_sub(number);
        let Some(sequence) = newest.checked_sub(u64::from(behind)) else {
            return Repeat::NotNow;
        };
        let Some(place) = self.place_of(sequence).checked_sub(1) else {
            let is_new = behind <= MOST_BEHIND && self.given_up.is_none_or(|it| it < sequence);
            if is_new {
                self.given_up = Some(newest);
                return Repeat::TooLate;
            }
            return Repeat::NotNow;
        };
        let Some(kept) = self.packets.get_mut(place) else {
            return Repeat::NotNow;
        };
        let size = size_of(&kept.packet);
        let is_under_way = kept.at + pause > now;
        if kept.packet.sequence != sequence || is_under_way || size > self.credit {
            return Repeat::NotNow;
        }
        self.credit -= size;
        kept.at = now;
        Repeat::Packet(kept.packet.clone())
    }

    /// Gives one of the newest packets, which takes the place of padding: `back` steps behind the newest.
    pub(super) fn recent(&self, back: usize, now: Instant) -> Option<OutgoingPacket> {
        let place = self.packets.len().checked_sub(back + 1)?;
        let kept = self.packets.get(place)?;
        (kept.at + KEPT >= now).then(|| kept.packet.clone())
    }

    /// Counts the packets up to a number.
    fn place_of(&self, sequence: u64) -> usize {
        match self.packets.back() {
            Some(newest) if newest.packet.sequence <= sequence => self.packets.len(),
            _ => self
                .packets
                .partition_point(|kept| kept.packet.sequence <= sequence),
        }
    }
}

fn size_of(packet: &OutgoingPacket) -> f64 {
    f64::from(u32::try_from(packet.payload.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
#[path = "tests/kept.rs"]
mod tests;
