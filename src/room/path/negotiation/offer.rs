//! Offers: what was sent, and what came.

use crate::room::moment::Moment;
use crate::room::path::negotiation::description::Description;

/// An offer of the peer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RemoteOffer {
    /// The peer sent this description.
    pub(crate) sdp: String,
    /// The peer gave the offer this number, if it counts its offers.
    pub(crate) serial: Option<u32>,
    /// The description identifies the peer's connection by this.
    pub(crate) description: Description,
}

impl RemoteOffer {
    /// Whether it is the same offer said again. The number alone does not tell: a program that began anew may count from the
    /// beginning.
    pub(crate) fn repeats(&self, other: &Self) -> bool {
        match (self.serial, other.serial) {
            (Some(mine), Some(theirs)) => {
                mine == theirs
                    && self.description.same_connection(&other.description)
                    && self.description.same_generation(&other.description)
            }
            _ => self.sdp == other.sdp,
        }
    }
}

/// An offer that was sent.
#[derive(Clone, Debug)]
pub(crate) struct SentOffer {
    /// This description was sent, and is sent again.
    pub(crate) sdp: String,
    /// The offer has this number, which its answer repeats.
    pub(crate) serial: u32,
    /// The offer was last sent then.
    pub(crate) said: Moment,
    /// The offer was sent again so often since the other end last said anything to it.
    pub(crate) repeats: u32,
    /// The other end refused the offer when it was last sent: it is not asked again so soon.
    pub(crate) is_refused: bool,
}
