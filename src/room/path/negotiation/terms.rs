//! What negotiation is told and what it says.
//!
//! Invariant: everything it wants is a [`NegotiationStep`]; it does nothing itself.

use crate::protocol::{IceCandidate, IceServer};
use crate::room::moment::Moment;
use crate::room::path::command::{PeerCommand, Shape};

/// One side gives way when two offers cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Politeness {
    /// This side gives way: it is the newcomer.
    Polite,
    /// This side insists: it was there first.
    Impolite,
    /// It is unclear who came first: the first exchange of offers settles it.
    Provisional,
}

/// One of two impolite sides gives way after all; both derive from the ids which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// This side yields.
    Yields,
    /// This side stays.
    Stays,
}

/// The peer can hear us now, or cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reachability {
    /// Messages reach it.
    Present,
    /// Messages are lost at the moment.
    Absent,
}

/// A step of the negotiation may need to know this.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The step is taken at this time.
    pub now: Moment,
    /// A connection that is opened gathers candidates with these.
    pub ice_servers: &'a [IceServer],
    /// A connection that is opened has these sections.
    pub shape: Shape,
}

/// The peer is told this.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// This side offers.
    Offer {
        /// The offer is this description.
        sdp: String,
        /// The offer has this number.
        serial: u32,
    },
    /// This side answers an offer.
    Answer {
        /// The answer is this description.
        sdp: String,
        /// The offer had this number, if it had one.
        serial: Option<u32>,
    },
    /// This side has found a candidate; `None` is the end of candidates.
    Candidate(Option<IceCandidate>),
}

/// This should happen, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum NegotiationStep {
    /// The connection does this.
    Command(PeerCommand),
    /// The peer is told this.
    Send(Signal),
    /// What the peer describes is nothing that a call could be made of: it is not applied.
    Refuse,
}
