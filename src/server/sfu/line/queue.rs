//! How long packets wait on the way: by how much even the fastest of late is slower than the fastest in ten seconds.
//!
//! A machine that is kept busy reads its packets late, in clumps, and then all at once: between two clumps some packet is on time. Behind
//! a queue none is. So the least delay of a tenth of a second tells the one from the other.
//!
//! Invariant: what is measured is never below zero, and work and memory do not depend on what is sent.

use super::groups::Group;
use super::micros::Micros;

/// The least delay of each such time is kept, in µs.
const SLOT: Micros = 1_000_000;

/// So many of them are kept. A way that became longer is no queue any more after that.
const SLOTS: usize = 12;

/// The groups of this time are looked at together, in µs: longer than a busy machine's pause.
const TOGETHER: Micros = 100_000;

/// At least so many groups are, however far apart.
const LEAST: usize = 3;

/// So many groups are kept: more are not sent within [`TOGETHER`].
const GROUPS: usize = 24;

/// A delay that changed so much from one group to the next is that of another way, or clock; in µs.
const JUMP: Micros = 5_000_000;

/// Below this many ms nobody waits for long.
const SHORT: f64 = 30.0;

/// A queue that has not been short for this long stands, in µs.
const LASTING: Micros = 400_000;

/// Measures the queue.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// The least delay of each slot, at its number modulo the length; in µs.
    slots: [Option<Micros>; SLOTS],
    /// The number of the newest slot.
    slot: Micros,
    /// The groups of late, in a circle.
    groups: [Option<Group>; GROUPS],
    /// Where the newest is.
    newest: usize,
    /// The queue, in ms.
    waiting: f64,
    /// When a group was sent that found it short.
    short_at: Option<Micros>,
    /// Since then it has not been short.
    is_standing: bool,
}

impl Queue {
    /// Takes a group; gives the queue that it found, in ms. `None` if the way is another one since.
    pub(super) fn add(&mut self, group: Group) -> Option<f64> {
        let last = self.groups.get(self.newest).copied().flatten();
        let is_another =
            |last: Group| group.delay.saturating_sub(last.delay).saturating_abs() > JUMP;
        if last.is_some_and(is_another) {
            *self = Self::default();
        }
        self.newest = (self.newest + 1) % GROUPS;
        if let Some(place) = self.groups.get_mut(self.newest) {
            *place = Some(group);
        }
        let slot = group.sent.div_euclid(SLOT);
        for _ in 0..(slot - self.slot).clamp(0, SLOTS as Micros) {
            self.slot += 1;
            *self.least_of(self.slot) = None;
        }
        self.slot = self.slot.max(slot);
        let least = self.least_of(slot);
        *least = Some(least.map_or(group.delay, |it| it.min(group.delay)));
        let base = self.base()?;
        let mut together = group.delay;
        for (index, back) in (1..GROUPS).enumerate() {
            let place = (self.newest + GROUPS - back) % GROUPS;
            let Some(earlier) = self.groups.get(place).copied().flatten() else {
                break;
            };
            if index + 1 >= LEAST && group.sent - earlier.sent > TOGETHER {
                break;
            }
            together = together.min(earlier.delay);
        }
        self.waiting = together.saturating_sub(base).max(0) as f64 / 1_000.0;
        let short_at = *self.short_at.get_or_insert(group.sent);
        if self.waiting < SHORT {
            self.short_at = Some(group.sent);
        }
        self.is_standing = self.waiting >= SHORT && group.sent - short_at > LASTING;
        (!last.is_some_and(is_another)).then_some(self.waiting)
    }

    /// How long the fastest packet of a group that was taken waited, in ms.
    pub(super) fn waited(&self, group: Group) -> f64 {
        let base = self.base().unwrap_or(group.delay);
        group.delay.saturating_sub(base).max(0) as f64 / 1_000.0
    }

    /// How long packets wait, in ms.
    pub(super) fn waiting(&self) -> f64 {
        self.waiting
    }

    /// Whether they have waited for [`SHORT`] or more for a while.
    pub(super) fn is_standing(&self) -> bool {
        self.is_standing
    }

    /// The delay of a packet that finds nothing before it, by two clocks, in µs.
    pub(super) fn base(&self) -> Option<Micros> {
        self.slots.iter().flatten().min().copied()
    }

    /// The least delay of the slot of this number.
    fn least_of(&mut self, slot: Micros) -> &mut Option<Micros> {
        let place = usize::try_from(slot.rem_euclid(SLOTS as Micros)).unwrap_or(0);
        &mut self.slots[place % SLOTS]
    }
}

#[cfg(test)]
#[path = "tests/queue.rs"]
mod tests;
