//! What the peer still says from a connection that was replaced.
//!
//! Invariant: the connection that is talked to counts as replaced in no way.

use super::description::Description;
use super::offer::RemoteOffer;
use super::state::{Connection, Negotiation};

/// An offer may be from a connection of the peer's that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lateness {
    /// It is not, or nothing has taken that one's place yet.
    InTime,
    /// It is.
    Late,
    /// It is from one that was given up here, and without a number nothing says whether the peer knew of that: the answer to
    /// the own offer will.
    Perhaps,
}

impl Negotiation {
    /// Whether the offer is from a connection of the peer's that was replaced.
    pub(super) fn lateness(&self, offer: &RemoteOffer) -> Lateness {
        let mut retired = self.retired.iter();
        if !retired.any(|gone| gone.same_connection(&offer.description)) {
            return Lateness::InTime;
        }
        match &self.connection {
            _ if offer.serial.is_some() => Lateness::Late,
            Connection::Absent { .. } => Lateness::InTime,
            Connection::Open(live) if live.peer.is_some() => Lateness::Late,
            Connection::Open(_) => Lateness::Perhaps,
        }
    }

    /// The connection there is talks to this one of the peer's, which so is none that was replaced, whatever it looks like.
    pub(super) fn meet(&mut self, peer: Description) {
        self.retired.retain(|gone| !gone.same_connection(&peer));
        if let Connection::Open(live) = &mut self.connection {
            live.peer = Some(peer);
        }
        let mut waiting = self.reopening.waiting().into_iter();
        if waiting.any(|offer| self.lateness(offer) == Lateness::Late) {
            self.reopening.discard();
        }
    }
}
