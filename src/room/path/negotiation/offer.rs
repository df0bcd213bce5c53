//! Offers: what was sent, and what came.

use crate::room::moment::Moment;
use crate::room::path::negotiation::description::Description;

/// An offer of the peer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RemoteOffer {
    pub(crate) sdp: String,
    pub(crate) serial: Option<u32>,
    pub(crate) description: Description,
}

impl RemoteOffer {
    /// Whether it is the same offer said again.
    pub(crate) fn repeats(&self, other: &Self) -> bool {
        match (self.serial, other.serial) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => self.sdp == other.sdp,
        }
    }
}

/// An offer that was sent.
#[derive(Clone, Debug)]
pub(crate) struct SentOffer {
    pub(crate) sdp: String,
    pub(crate) serial: u32,
    pub(crate) said: Moment,
    pub(crate) repeats: u32,
}
