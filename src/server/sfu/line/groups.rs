//! Packets that went out, or were read, at about the same time are looked at as one (draft-ietf-rmcat-gcc-02, section 5.2).
//!
//! Invariant: groups are given in the order in which they were sent, each once.

use super::micros::Micros;

/// Packets that were sent within such a time are a group, in µs: the pacer's burst.
const BURST: Micros = 5_000;

/// What arrives so many times faster than it was sent was held up as a whole, most likely by a receiver that is slow in reading: that is
/// one group, too. Behind a queue nothing arrives faster than the line carries.
const HELD_UP: Micros = 4;

/// What arrives so much before what was sent before it was read by another clock, in µs.
const SET_BACK: Micros = -1_000_000;

/// No group is sent for longer, in µs.
const LONGEST: Micros = 2_000_000;

/// A group of packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// When its fastest packet was sent, by our clock.
    pub(super) sent: Micros,
    /// That packet's time from sending to arrival, in µs. It is told by two clocks: only differences mean something. Others of the
    /// group may have waited for each other, or to be read, which is no queue.
    pub(super) delay: Micros,
    /// When the last of its packets arrived, by the receiver's clock.
    pub(super) arrived: Micros,
    /// The bytes of its packets.
    pub(super) bytes: u64,
}

/// A group that may still grow.
#[derive(Clone, Copy, Debug)]
struct Growing {
    group: Group,
    /// When its first packet was sent.
    first: Micros,
    /// When its last packet was sent.
    last: Micros,
}

/// Puts packets together.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// The newest group.
    current: Option<Growing>,
}

impl Groups {
    /// Takes a packet that arrived; gives the group before it, if it is over. A packet that comes after a later one is left out.
    pub(super) fn add(&mut self, sent: Micros, arrived: Micros, bytes: u32) -> Option<Group> {
        let delay = arrived.saturating_sub(sent);
        let bytes = u64::from(bytes);
        let new = Growing {
            group: Group {
                sent,
                delay,
                arrived,
                bytes,
            },
            first: sent,
            last: sent,
        };
        let Some(current) = &mut self.current else {
            self.current = Some(new);
            return None;
        };
        if sent < current.last {
            return None;
        }
        let later = arrived.saturating_sub(current.group.arrived);
        let is_held_up = later > SET_BACK
            && sent - current.first < LONGEST
            && later.saturating_mul(HELD_UP) < sent - current.last;
        if sent - current.first > BURST && !is_held_up {
            return Some(std::mem::replace(current, new).group);
        }
        let group = &mut current.group;
        if delay < group.delay {
            (group.sent, group.delay) = (sent, delay);
        }
        group.arrived = group.arrived.max(arrived);
        group.bytes += bytes;
        current.last = sent;
        None
    }
}

#[cfg(test)]
#[path = "tests/groups.rs"]
mod tests;
