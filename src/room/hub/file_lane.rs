//! What goes to one person of the content of files that goes over the hub: what waits for them, and how much of it they can take.
//!
//! Pure. Invariant: what goes to them stays in order, and how little they take is known for as long as it is less than the server takes.

use std::collections::VecDeque;

use crate::room::messaging::channel::frame::Frame;
use crate::room::moment::Moment;

/// This share of what is taken goes out.
const SHARE: (u64, u64) = (3, 4);

/// What was not sent for so long may be made up for at once, in ms.
pub(super) const BURST_MS: u64 = 100;

/// However often they cannot follow, so many bit/s go out to them, unless the server takes less.
const LEAST_BITS_PER_SECOND: u64 = 500_000;

/// That they could not follow counts so often, in ms: what says so twice may be about the same.
pub(super) const SLOWED_EVERY_MS: u64 = 5_000;

/// Twice as much is tried again so long after they could not follow, in ms.
const FASTER_AFTER_MS: u64 = 30_000;

/// Frames of content that wait for somebody, and what may not overtake them.
#[derive(Clone, Debug, Default)]
pub(super) struct FileLane {
    /// The oldest is the first.
    waiting: VecDeque<Frame>,
    /// They have so many bytes together.
    bytes: u64,
    /// The next may go out then, as far as it is for them.
    next: Moment,
    /// They take so many bit/s; nothing while they take whatever comes.
    limit: Option<u64>,
    /// That became more or less than it was at this moment.
    changed: Moment,
    /// They could not follow at this moment, the last time.
    slowed: Option<Moment>,
    /// Something went out to them since what they are sent began anew.
    has_begun: bool,
    /// What went out last was this one of all frames to all of them.
    turn: u64,
}

/// So many bytes take so long where so many bit/s are taken, in ms.
pub(super) fn duration_ms(bytes: u64, bits_per_second: u64) -> u64 {
    let (part, whole) = SHARE;
    let bits_each_second = (bits_per_second / whole * part).max(1);
    (bytes * 8 * 1_000).div_ceil(bits_each_second)
}

impl FileLane {
    /// How many bytes wait.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether something waits.
    pub(super) fn holds(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether something waits, or went out since it began anew.
    pub(super) fn is_known(&self) -> bool {
        self.has_begun || self.holds()
    }

    /// Whether there is something to remember.
    pub(super) fn is_of_use(&self) -> bool {
        self.is_known() || self.limit.is_some()
    }

    /// When something may go out as far as it is for them; nothing while nothing waits.
    pub(super) fn due(&self) -> Option<Moment> {
        self.holds().then_some(self.next)
    }

    /// Which of all frames went out to them last.
    pub(super) fn turn(&self) -> u64 {
        self.turn
    }

    /// So many bit/s go out to them at the most, where the server takes so many.
    pub(super) fn bits_per_second(&self, taken: u64) -> u64 {
        self.limit.map_or(taken, |limit| limit.min(taken))
    }

    /// Adds a frame.
    pub(super) fn push(&mut self, frame: Frame) {
        self.bytes += frame.size() as u64;
        self.waiting.push_back(frame);
    }

    /// Lets go of what waits.
    pub(super) fn clear(&mut self) {
        self.has_begun = false;
        self.waiting.clear();
        self.bytes = 0;
    }

    /// What they are sent begins anew. If anything went out to them, their line did not take it: half as much goes out from now on,
    /// unless that counted a moment ago. What waits stays until [`Self::clear`].
    pub(super) fn begin_anew(&mut self, taken: u64, now: Moment) {
        let counted = |at: Moment| now.since(at) < SLOWED_EVERY_MS;
        if !self.has_begun || self.slowed.is_some_and(counted) {
            return;
        }
        self.slowed = Some(now);
        let half = (self.bits_per_second(taken) / 2).max(LEAST_BITS_PER_SECOND);
        self.limit = (half < taken).then_some(half);
        self.changed = now;
    }

    /// It is so late, and the server takes so many bit/s: more may go out than did.
    pub(super) fn follow(&mut self, taken: u64, now: Moment) {
        self.next = self.next.max(Moment(now.0.saturating_sub(BURST_MS)));
        while let Some(limit) = self.limit
            && now >= self.changed.plus(FASTER_AFTER_MS)
        {
            let twice = limit.saturating_mul(2);
            self.limit = (twice < taken).then_some(twice);
            self.changed = self.changed.plus(FASTER_AFTER_MS);
        }
    }

    /// Takes out the oldest that waits, as this one of all frames.
    pub(super) fn take(&mut self, turn: u64) -> Option<Frame> {
        let frame = self.waiting.pop_front()?;
        let bytes = frame.size() as u64;
        self.bytes -= bytes;
        if let Some(limit) = self.limit {
            self.next = self.next.plus(duration_ms(bytes, limit));
        }
        self.has_begun = true;
        self.turn = turn;
        Some(frame)
    }
}
