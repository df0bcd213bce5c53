//! What to do with a peer connection.

use crate::protocol::{IceCandidate, IceServer};

/// What to do with one peer connection. `Offer`, `AcceptOffer` and `AcceptAnswer` are operations: at most one is under
/// way for a peer, and each ends with exactly one of `LocalOffer`, `LocalAnswer`, `AnswerApplied`, `OperationFailed`.
#[derive(Clone, Debug, PartialEq)]
pub enum PeerCommand {
    /// Create the connection.
    Open {
        /// Numbers the connections to this peer, from 1.
        generation: u32,
        /// True for the one who offers first: it creates the transceivers. The other side gets them from the offer.
        initiator: bool,
        /// `RTCConfiguration.iceServers`.
        ice_servers: Vec<IceServer>,
    },
    /// `createOffer` and `setLocalDescription`.
    Offer {
        /// Whether to gather new ICE credentials (RFC 8445 section 2.4).
        ice_restart: bool,
    },
    /// `setRemoteDescription` of an offer (rolling back an own one if there is one), attach the local tracks, then
    /// `setLocalDescription` of the answer.
    AcceptOffer {
        /// The offer.
        sdp: String,
    },
    /// `setRemoteDescription` of an answer.
    AcceptAnswer {
        /// The answer.
        sdp: String,
    },
    /// `addIceCandidate`. Comes only after a remote description is set; failures are ignored.
    AddCandidate(Option<IceCandidate>),
    /// Gather by this route from the next time on.
    SetRoute(Route),
    /// Send pictures, or none, whatever else says that they are to be sent. A connection that was just opened sends them.
    SetPictures(Pictures),
    /// `setConfiguration` with fresh servers.
    SetIceServers(Vec<IceServer>),
    /// Close it and let go of everything.
    Close,
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
    /// All of them.
    #[default]
    Any,
    /// Only relayed ones: where direct pairs are found and then carry nothing, these do.
    Relayed,
}
