//! What negotiation is told and what it says.
//!
//! Invariant: everything it wants is a [`NegotiationStep`]; it does nothing itself.

use crate::protocol::{IceCandidate, IceServer};
use crate::room::moment::Moment;
use crate::room::path::command::PeerCommand;

/// Who gives way when two offers cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Politeness {
    /// Gives way. The newcomer.
    Polite,
    /// Insists. The one who was there first.
    Impolite,
    /// Unclear who came first: the first exchange of offers settles it.
    Provisional,
}

/// Which of two impolite sides gives way after all; both derive it from the ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// This side yields.
    Yields,
    /// This side stays.
    Stays,
}

/// Whether the peer can hear us now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reachability {
    /// Messages reach it.
    Present,
    /// They are lost at the moment.
    Absent,
}

/// What a step of the negotiation may need to know.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The time.
    pub now: Moment,
    /// For a connection to be opened.
    pub ice_servers: &'a [IceServer],
}

/// What is said to the peer.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// An offer.
    Offer {
        /// The description.
        sdp: String,
        /// Its number.
        serial: u32,
    },
    /// An answer.
    Answer {
        /// The description.
        sdp: String,
        /// The number of the offer, if it had one.
        serial: Option<u32>,
    },
    /// A candidate.
    Candidate(Option<IceCandidate>),
}

/// What should happen, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum NegotiationStep {
    /// With the connection.
    Command(PeerCommand),
    /// Towards the peer.
    Send(Signal),
}
