//! The pace at which content of files goes over the hub: the server takes so much of each person and cuts off who sends faster.
//!
//! Pure. Invariant: what waits here counts as waiting to be sent, so that whoever sends files never puts more in than they would put
//! into a channel.

use std::collections::VecDeque;

use crate::protocol::PeerId;
use crate::room::messaging::channel::frame::Frame;
use crate::room::moment::Moment;
use crate::room::ordered::{OrderedMap, OrderedSet};

/// A server that does not say how much it takes of each person takes so many bit/s.
const USUAL_BITS_PER_SECOND: u64 = 8_000_000;

/// This share of what the server takes goes out.
const SHARE: (u64, u64) = (3, 4);

/// What was not sent for so long may be made up for at once, in ms.
const BURST_MS: u64 = 100;

/// However often receivers cannot follow, so many bit/s go out, unless the server takes less.
const LEAST_BITS_PER_SECOND: u64 = 500_000;

/// That somebody could not follow counts so often, in ms: else one alone could slow down what goes to all.
const SLOWED_EVERY_MS: u64 = 5_000;

/// Twice as much is tried again so long after somebody could not follow, in ms.
const FASTER_AFTER_MS: u64 = 30_000;

/// Frames of content that wait, oldest first, and what may not overtake them.
#[derive(Clone, Debug)]
pub(super) struct FilePace {
    /// Each with whom it is for.
    waiting: VecDeque<(PeerId, Frame)>,
    /// They have so many bytes together.
    bytes: u64,
    /// The next may go out then.
    next: Moment,
    /// The server takes so many bit/s.
    taken: u64,
    /// So many bit/s go out at the most.
    bits_per_second: u64,
    /// It became more or less than it was at this moment.
    changed: Moment,
    /// Something went out to these since what they are sent began anew.
    sent_to: OrderedSet<PeerId>,
    /// Less goes out since these moments because of these.
    slowed: OrderedMap<PeerId, Moment>,
}

impl Default for FilePace {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            bytes: 0,
            next: Moment(0),
            taken: USUAL_BITS_PER_SECOND,
            bits_per_second: USUAL_BITS_PER_SECOND,
            changed: Moment(0),
            sent_to: OrderedSet::new(),
            slowed: OrderedMap::new(),
        }
    }
}

impl FilePace {
    /// The server takes so many bit/s of each person; `None` where it does not say.
    pub(super) fn set_rate(&mut self, bits_per_second: Option<u64>) {
        self.taken = bits_per_second.unwrap_or(USUAL_BITS_PER_SECOND);
        self.bits_per_second = self.taken;
    }

    /// What somebody was sent begins anew. If anything went out to them, their line did not take it: half as much goes out from now
    /// on, unless that counted a moment ago. What waits for them stays until [`Self::forget`].
    pub(super) fn begin_anew(&mut self, peer: &PeerId, now: Moment) {
        self.slowed.retain(|_, at| now.since(*at) < SLOWED_EVERY_MS);
        if self.sent_to.contains(peer) && !self.slowed.contains_key(peer) {
            self.slowed.insert(peer.clone(), now);
            let half = (self.bits_per_second / 2).max(LEAST_BITS_PER_SECOND);
            self.bits_per_second = half.min(self.taken);
            self.changed = now;
        }
    }

    /// How many bytes wait.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds a frame for somebody.
    pub(super) fn push(&mut self, to: PeerId, frame: Frame) {
        self.bytes += frame.size() as u64;
        self.waiting.push_back((to, frame));
    }

    /// Whether something waits for somebody.
    pub(super) fn holds_for(&self, peer: &PeerId) -> bool {
        self.waiting.iter().any(|(to, _)| to == peer)
    }

    /// Whether something waits for somebody, or went out to them since it began anew.
    pub(super) fn knows(&self, peer: &PeerId) -> bool {
        self.sent_to.contains(peer) || self.holds_for(peer)
    }

    /// Lets go of what waits for somebody.
    pub(super) fn forget(&mut self, peer: &PeerId) {
        self.sent_to.remove(peer);
        self.waiting.retain(|(to, _)| to != peer);
        let frames = self.waiting.iter();
        self.bytes = frames.map(|(_, frame)| frame.size() as u64).sum();
    }

    /// Lets go of everything.
    pub(super) fn clear(&mut self) {
        self.sent_to = OrderedSet::new();
        self.waiting.clear();
        self.bytes = 0;
    }

    /// When something may go out; nothing while nothing waits.
    pub(super) fn next_deadline(&self) -> Option<Moment> {
        (!self.waiting.is_empty()).then_some(self.next)
    }

    /// Takes out what may go out now, with whom it is for.
    pub(super) fn take(&mut self, now: Moment) -> Vec<(PeerId, Frame)> {
        self.next = self.next.max(Moment(now.0.saturating_sub(BURST_MS)));
        if self.bits_per_second < self.taken && now >= self.changed.plus(FASTER_AFTER_MS) {
            self.bits_per_second = self.bits_per_second.saturating_mul(2).min(self.taken);
            self.changed = now;
        }
        let mut frames = Vec::new();
        while self.next <= now
            && let Some((to, frame)) = self.waiting.pop_front()
        {
            let bytes = frame.size() as u64;
            self.bytes -= bytes;
            self.next = self.next.plus(self.duration_ms(bytes));
            self.sent_to.insert(to.clone());
            frames.push((to, frame));
        }
        frames
    }

    /// So many bytes take so long, in ms.
    fn duration_ms(&self, bytes: u64) -> u64 {
        let (part, whole) = SHARE;
        let bits_each_second = (self.bits_per_second / whole * part).max(1);
        (bytes * 8 * 1_000).div_ceil(bits_each_second)
    }
}

#[cfg(test)]
#[path = "tests/file_pace.rs"]
mod tests;
