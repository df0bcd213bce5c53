//! What a peer connection reports.

use crate::protocol::IceCandidate;
use crate::room::path::diagnosis::Pair;
use crate::room::path::stall::Awaited;

/// A peer connection reports this.
#[derive(Clone, Debug, PartialEq)]
pub enum PeerEvent {
    /// The browser wants a new offer: W3C `negotiationneeded`.
    NegotiationNeeded,
    /// [`crate::room::PeerCommand::Offer`] is done: the local description is set.
    LocalOffer {
        /// This description is to be sent.
        sdp: String,
    },
    /// [`crate::room::PeerCommand::AcceptOffer`] is done: both descriptions are set.
    LocalAnswer {
        /// This description is to be sent.
        sdp: String,
    },
    /// [`crate::room::PeerCommand::AcceptAnswer`] is done.
    AnswerApplied,
    /// The command under way failed; the connection is in whatever state it was in before.
    OperationFailed {
        /// The browser says this `DOMException.name`.
        name: String,
    },
    /// The browser found a candidate; `None` is the end of candidates.
    Candidate(Option<IceCandidate>),
    /// So much arrived on it until now, measured a few times each second.
    Received {
        /// The unit does not matter: only whether the count moved means anything.
        count: u64,
        /// Silence would mean something, or nothing.
        awaited: Awaited,
    },
    /// A pair of addresses works, or does not any more: W3C `iceconnectionstatechange`.
    Pair(Pair),
    /// The connection is in this state: W3C `connectionstatechange`.
    Connection(ConnectionState),
}

/// A connection is in one of these states: `RTCPeerConnectionState` (W3C WebRTC section 4.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Nothing happened yet.
    New,
    /// ICE or DTLS is under way.
    Connecting,
    /// Media can flow.
    Connected,
    /// Checks fail at the moment; the connection may come back by itself.
    Disconnected,
    /// ICE gave up.
    Failed,
    /// The connection is closed.
    Closed,
}
