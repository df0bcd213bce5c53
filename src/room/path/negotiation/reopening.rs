//! When the peer's new connection is taken in place of the one before.
//!
//! Invariant: the first is taken at once, further ones at most every [`REOPENED_EVERY_MS`]; of those that wait only the newest
//! counts, and none once the peer has said something newer.

use super::offer::RemoteOffer;
use crate::room::moment::Moment;

/// A new connection takes the place of another at most so often, in ms. Each costs the browser as much as a call. An offer
/// that may be late waits as long.
const REOPENED_EVERY_MS: u64 = 1_000;

/// The peer's new connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reopening {
    /// The last one was taken then; `None` before the first.
    last: Option<Moment>,
    /// The first offer of the newest one waits for its turn.
    waiting: Option<RemoteOffer>,
}

impl Reopening {
    /// Whether a new connection may be taken now; if so, it counts as taken.
    pub(crate) fn admits(&mut self, now: Moment) -> bool {
        let is_time = self.last.is_none_or(|last| again_at(last) <= now);
        if is_time {
            self.last = Some(now);
        }
        is_time
    }

    /// An offer waits, in place of any that does.
    pub(crate) fn wait(&mut self, offer: RemoteOffer) {
        self.waiting = Some(offer);
    }

    /// An offer that may be late waits, in place of any that does.
    pub(crate) fn defer(&mut self, offer: RemoteOffer, now: Moment) {
        if self.waiting.is_none() {
            self.last = Some(now);
        }
        self.waiting = Some(offer);
    }

    /// Whether this offer waits.
    pub(crate) fn awaits(&self, offer: &RemoteOffer) -> bool {
        let waiting = self.waiting.as_ref();
        waiting.is_some_and(|waiting| waiting.repeats(offer))
    }

    /// The offer that waits.
    pub(crate) fn waiting(&self) -> Option<&RemoteOffer> {
        self.waiting.as_ref()
    }

    /// What waits is void: the peer has said something newer.
    pub(crate) fn discard(&mut self) {
        self.waiting = None;
    }

    /// When [`Self::due`] has an offer; `None` while none waits.
    pub(crate) fn next_deadline(&self) -> Option<Moment> {
        self.waiting.as_ref()?;
        self.last.map(again_at)
    }

    /// The offer whose turn it is; its connection counts as taken.
    pub(crate) fn due(&mut self, now: Moment) -> Option<RemoteOffer> {
        if self.next_deadline().is_none_or(|due| due > now) {
            return None;
        }
        self.last = Some(now);
        self.waiting.take()
    }
}

fn again_at(last: Moment) -> Moment {
    last.plus(REOPENED_EVERY_MS)
}
