//! How large people are shown here.
//!
//! Invariant: the number is another one after every change, so that who has looked somebody up need not do it again.

use crate::protocol::PeerId;
use crate::room::ordered::OrderedMap;
use crate::room::sending::view::ViewRequest;

/// How large people are shown here.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// It was changed so often.
    number: u32,
    /// These are asked for this; nothing is shown of the others.
    requests: OrderedMap<PeerId, ViewRequest>,
}

impl Shown {
    /// People are shown like this from now on.
    pub(super) fn change(&mut self, requests: OrderedMap<PeerId, ViewRequest>) {
        self.number = self.number.wrapping_add(1);
        self.requests = requests;
    }

    /// Says how often it was changed.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// Whether people are shown like this.
    pub(super) fn is(&self, requests: &OrderedMap<PeerId, ViewRequest>) -> bool {
        self.requests == *requests
    }

    /// How large somebody is shown; not at all where nothing is known of them.
    pub(super) fn of(&self, id: &PeerId) -> ViewRequest {
        let request = self.requests.get(id).copied();
        request.unwrap_or(ViewRequest::HIDDEN)
    }
}
