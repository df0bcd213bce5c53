//! What a peer connection reports.

use crate::protocol::IceCandidate;
use crate::room::path::diagnosis::Pair;
use crate::room::path::stall::Awaited;

/// What a peer connection reports.
#[derive(Clone, Debug, PartialEq)]
pub enum PeerEvent {
    /// W3C `negotiationneeded`.
    NegotiationNeeded,
    /// [`crate::room::PeerCommand::Offer`] is done: the local description is set.
    LocalOffer {
        /// The description to send.
        sdp: String,
    },
    /// [`crate::room::PeerCommand::AcceptOffer`] is done: both descriptions are set.
    LocalAnswer {
        /// The description to send.
        sdp: String,
    },
    /// [`crate::room::PeerCommand::AcceptAnswer`] is done.
    AnswerApplied,
    /// The command under way failed; the connection is in whatever state it was in before.
    OperationFailed {
        /// `DOMException.name`.
        name: String,
    },
    /// A local candidate, `None` for the end of candidates.
    Candidate(Option<IceCandidate>),
    /// How much arrived on it until now, measured a few times each second.
    Received {
        /// In whatever unit: only whether it moved means anything.
        count: u64,
        /// Whether silence would mean anything.
        awaited: Awaited,
    },
    /// W3C `iceconnectionstatechange`: whether a pair of addresses works.
    Pair(Pair),
    /// W3C `connectionstatechange`.
    Connection(ConnectionState),
}

/// `RTCPeerConnectionState` (W3C WebRTC section 4.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Nothing happened yet.
    New,
    /// ICE or DTLS is under way.
    Connecting,
    /// Media can flow.
    Connected,
    /// Checks fail at the moment; may come back by itself.
    Disconnected,
    /// ICE gave up.
    Failed,
    /// Closed.
    Closed,
}
