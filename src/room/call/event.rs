//! What can happen: one enum that everything the model reacts to goes through.

use crate::protocol::{CloseCode, DisplayName, PeerId, RoomName, ServerMessage};
use crate::room::participant::Hand;
use crate::room::path::id::PathId;
use crate::room::path::report::PeerEvent;

/// The model reacts to these.
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
        /// The report is about this path.
        path: PathId,
        /// It comes from this one of the connections there have been on the path.
        generation: u32,
        /// The connection reports this.
        event: PeerEvent,
    },
    /// The participant sends something else than before.
    SentMedia,
    /// Whether we speak to an SFU is known from now on: whoever waited for that to ask to be let in does so.
    Introduce,
    /// Time passed. It is needed at [`RoomState::next_deadline`](crate::room::RoomState::next_deadline) and does nothing
    /// before.
    Tick,
}

/// The user can want this of the room.
#[derive(Clone, Debug, PartialEq)]
pub enum CallAction {
    /// They enter the room from the lobby, or again after leaving.
    Join {
        /// They want into this room.
        room: RoomName,
        /// The others will see this name.
        name: DisplayName,
    },
    /// They leave for good.
    Leave,
    /// They want the server tried again now instead of when the backoff says.
    RetryNow,
    /// They raise or lower the hand.
    SetHand(Hand),
    /// They want somebody tried again whose connection failed.
    TryAgain(PeerId),
    /// New ways to everyone are looked for, as when other candidates are allowed from now on.
    FindNewWays,
}

/// The WebSocket reports this.
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
