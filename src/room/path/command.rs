//! What to do with a peer connection.

use crate::protocol::{IceCandidate, IceServer};

/// What to do with one peer connection. `Offer`, `AcceptOffer` and `AcceptAnswer` are operations: at most one is under
/// way for a peer, and each ends with exactly one of `LocalOffer`, `LocalAnswer`, `AnswerApplied`, `OperationFailed`.
#[derive(Clone, Debug, PartialEq)]
pub enum PeerCommand {
    /// The connection is created.
    Open {
        /// The connections to this peer are numbered from 1, and this one has this number.
        generation: u32,
        /// When true, this side offers first and creates the transceivers; else it gets them from the other side's
        /// offer.
        initiator: bool,
        /// The connection has these sections.
        shape: Shape,
        /// These become `RTCConfiguration.iceServers`.
        ice_servers: Vec<IceServer>,
    },
    /// An offer is made: `createOffer` and `setLocalDescription`.
    Offer {
        /// New ICE credentials are gathered (RFC 8445 section 2.4), or not.
        ice_restart: bool,
    },
    /// An offer is taken and answered: `setRemoteDescription` (rolling back an own offer if there is one), attaching
    /// the local tracks, then `setLocalDescription` of the answer.
    AcceptOffer {
        /// The peer's offer reads like this.
        sdp: String,
    },
    /// An answer is taken: `setRemoteDescription`.
    AcceptAnswer {
        /// The peer's answer reads like this.
        sdp: String,
    },
    /// A candidate goes to `addIceCandidate`. It comes only after a remote description is set; failures are ignored.
    AddCandidate(Option<IceCandidate>),
    /// Candidates are gathered by this route from the next time on.
    SetRoute(Route),
    /// Pictures are sent, or none, whatever else says that they are to be sent. A connection that was just opened sends
    /// them.
    SetPictures(Pictures),
    /// A connection to the SFU has at least so many receiving sections from now on; those that are missing make the browser
    /// ask for a negotiation. Of what there is nothing is taken away. Other connections have no such sections.
    SetSlots(SlotCounts),
    /// The connection gets fresh servers with `setConfiguration`.
    SetIceServers(Vec<IceServer>),
    /// The connection is closed, and everything of it is let go.
    Close,
}

/// Which sections a connection has, besides the one of its data channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One of each [`crate::room::participant::TrackKind`], for both directions: one person is at the other end.
    Mesh,
    /// One of each kind that sends, and behind them so many that receive: the SFU is at the other end.
    Hub(SlotCounts),
}

impl Shape {
    /// A description has at most so many media sections. Between two people there are five: two of sound, two of pictures, and data;
    /// the SFU takes forty.
    pub(crate) fn most_sections(self) -> usize {
        match self {
            Self::Mesh => 8,
            Self::Hub(_) => 40,
        }
    }
}

/// How many receiving sections a connection to the SFU has. Each carries one track at a time, whoever's it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotCounts {
    /// So many of them receive sound.
    pub voices: u8,
    /// So many of them receive pictures.
    pub pictures: u8,
}

/// Whether a connection sends pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pictures {
    /// It does.
    #[default]
    Flowing,
    /// It does not: nothing arrives, so what is sent probably does not either. What is sent into a void is asked for again
    /// later, and shown too late.
    Held,
}

/// Which candidates a connection may use, besides what the user and the operator want.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// It may use all of them.
    #[default]
    Any,
    /// It may use relayed ones alone: where direct pairs are found and then carry nothing, these do.
    Relayed,
}
