//! What can happen: one enum that everything the model reacts to goes through.

use crate::protocol::{
    CloseCode, DisplayName, IceCandidate, MediaState, PeerId, RoomName, ServerMessage,
};

use super::person::Hand;
use crate::room::path::diagnosis::Pair;
use crate::room::path::stall::Awaited;

/// A point in time: ms since the page was opened (or since a simulation began). Only differences mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub u64);

impl Moment {
    /// The moment `ms` later.
    #[must_use]
    pub fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// How long ago `earlier` was, in ms; 0 when it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// What the model may not find out for itself.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// When the event happened.
    pub now: Moment,
    /// A fresh random number in `0.0..1.0`.
    pub chance: f64,
}

/// Anything the model reacts to.
#[derive(Clone, Debug)]
pub enum Event {
    /// The user wants something.
    Intent(CallAction),
    /// The server said something.
    Server(ServerMessage),
    /// The WebSocket opened or closed.
    Socket(SocketEvent),
    /// A peer connection reports. `generation` is the one of [`crate::room::PeerCommand::Open`]; reports of an older
    /// connection to the same peer are ignored.
    Peer {
        /// Whose connection.
        peer: PeerId,
        /// Which of the connections there have been to this peer.
        generation: u32,
        /// The report.
        event: PeerEvent,
    },
    /// What this browser sends changed.
    Media(MediaState),
    /// Time passed; comes about four times a second while a room is open.
    Tick,
}

/// What the user can want of the room.
#[derive(Clone, Debug, PartialEq)]
pub enum CallAction {
    /// Enter the room from the lobby, or again after leaving.
    Join {
        /// Which room.
        room: RoomName,
        /// Under which name.
        name: DisplayName,
    },
    /// Leave for good.
    Leave,
    /// Back to the lobby of the same room, from a page that says the call is over.
    BackToLobby,
    /// Try the server again now instead of when the backoff says.
    RetryNow,
    /// Raise or lower the hand.
    SetHand(Hand),
    /// Try again to reach somebody whose connection failed.
    TryAgain(PeerId),
    /// Look for new ways to everyone, as when other candidates are allowed from now on.
    FindNewWays,
}

/// What the WebSocket reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// It is open; nothing has been said yet.
    Opened,
    /// It is closed, or could not be opened.
    Closed(CloseCode),
    /// The browser says that the network came back or changed.
    NetworkChanged,
    /// Something happened after which an open socket may be dead: the network went, or the page slept.
    Doubted,
}

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
