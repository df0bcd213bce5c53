//! What should happen: the model returns these, the driver performs them in order.

use crate::protocol::{ClientMessage, PeerId, ResumeToken, RoomName};
use crate::room::notice::Notice;
use crate::room::path::command::PeerCommand;
use crate::room::path::id::PathId;

/// The driver has to do this one thing.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// The WebSocket opens after `after_ms` (0 is now), replacing any that is open or waiting to be.
    Connect {
        /// The wait is this long, in ms; 0 is none.
        after_ms: u64,
    },
    /// The WebSocket closes for good, once what was sent before has left.
    Disconnect,
    /// A message is sent; it is dropped when no socket is open (the model repairs that after the next welcome).
    Send(ClientMessage),
    /// The server is told by a request of its own that the seat is given up. It arrives also where the socket is down, and when
    /// the page goes.
    GiveUpSeat {
        /// The seat is in this room.
        room: RoomName,
        /// It is the one that this token is for.
        resume: ResumeToken,
    },
    /// Something is done with the connection of a path.
    Path {
        /// The connection is that of this path.
        path: PathId,
        /// This person is at its other end.
        to: PeerId,
        /// The connection does this.
        command: PeerCommand,
    },
    /// The user is told something that passes.
    Notify(Notice),
    /// The call is over: capturing stops, and all tracks are let go of.
    ReleaseMedia,
}
