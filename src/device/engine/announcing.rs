//! Which controls are announced, and who is still to be told of them.
//!
//! Invariant: everybody who is reached hears of the newest controls in the end, also when so many come at once that the pace of
//! messages does not allow to tell them all; whoever is reached no more is not waited for.

use std::collections::VecDeque;

use crate::device::lines::announcement::Announcement;
use crate::protocol::PeerId;
use crate::room::Moment;
use crate::room::messaging::application::ApplicationMessage;

/// Who could not be told because of the pace of messages is told so much later, in ms, or as soon as may be after.
const AGAIN_AFTER_MS: u64 = 250;

/// The controls, and those who do not know them.
#[derive(Debug, Default)]
pub(super) struct Announcing {
    controls: Announcement,
    /// These are to be told, in this order.
    untold: VecDeque<PeerId>,
    /// They are told then; `None` while nothing holds it up.
    again: Option<Moment>,
}

impl Announcing {
    /// Announces these controls in place of any others; nobody is to be told yet.
    pub(super) fn replace(&mut self, controls: Announcement) {
        *self = Self {
            controls,
            ..Self::default()
        };
    }

    /// Whether there is anything to tell somebody who knows nothing.
    pub(super) fn has_controls(&self) -> bool {
        self.controls != Announcement::default()
    }

    /// Somebody is to be told.
    pub(super) fn owe(&mut self, peer: &PeerId) {
        if !self.untold.contains(peer) {
            self.untold.push_back(peer.clone());
        }
    }

    /// Whoever is to be told next, if it is time.
    pub(super) fn next(&mut self, now: Moment) -> Option<PeerId> {
        if self.again.is_some_and(|again| again > now) {
            return None;
        }
        self.again = None;
        self.untold.pop_front()
    }

    /// They could not be told: messages went too fast.
    pub(super) fn put_off(&mut self, peer: PeerId, now: Moment) {
        self.untold.push_front(peer);
        self.again = Some(now.plus(AGAIN_AFTER_MS));
    }

    /// Somebody is reached no more.
    pub(super) fn forget(&mut self, peer: &PeerId) {
        self.untold.retain(|untold| untold != peer);
        if self.untold.is_empty() {
            self.again = None;
        }
    }

    /// When the others are told.
    pub(super) fn next_deadline(&self) -> Option<Moment> {
        self.again
    }

    /// So many are still to be told.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.untold.len()
    }

    /// What is announced, as it is sent.
    pub(super) fn message(&self) -> Option<ApplicationMessage> {
        self.controls.to_message()
    }
}
