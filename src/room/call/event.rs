//! What can happen: one enum that everything the model reacts to goes through.

use crate::protocol::{CloseCode, DisplayName, MediaState, PeerId, RoomName, ServerMessage};
use crate::room::participant::Hand;
use crate::room::path::id::PathId;
use crate::room::path::report::PeerEvent;

/// Anything the model reacts to.
#[derive(Clone, Debug)]
pub enum Event {
    /// The user wants something.
    Action(CallAction),
    /// The server said something.
    Server(ServerMessage),
    /// The WebSocket opened or closed.
    Socket(SocketEvent),
    /// The connection of a path reports. `generation` is the one of [`crate::room::PeerCommand::Open`]; reports of an older
    /// connection of the same path are ignored.
    Path {
        /// Which path.
        path: PathId,
        /// Which of the connections there have been on it.
        generation: u32,
        /// The report.
        event: PeerEvent,
    },
    /// What this browser sends changed.
    Media(MediaState),
    /// Time passed. It is needed at [`RoomState::next_deadline`](crate::room::RoomState::next_deadline) and does nothing
    /// before.
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
