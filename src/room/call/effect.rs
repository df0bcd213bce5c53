//! What should happen: the model returns these, the driver performs them in order.

use crate::protocol::{ClientMessage, PeerId};
use crate::room::notice::Notice;
use crate::room::path::command::PeerCommand;
use crate::room::path::id::PathId;

/// One thing for the driver to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open the WebSocket after `after_ms` (0 is now), replacing any that is open or waiting to be.
    Connect {
        /// Delay in ms.
        after_ms: u64,
    },
    /// Close the WebSocket for good, once what was sent before has left.
    Disconnect,
    /// Send a message; dropped when no socket is open (the model repairs that after the next welcome).
    Send(ClientMessage),
    /// Do something with the connection of a path.
    Path {
        /// Which path.
        path: PathId,
        /// Who is at its other end.
        to: PeerId,
        /// What to do.
        command: PeerCommand,
    },
    /// Tell the user something that passes.
    Notify(Notice),
    /// The call is over: stop capturing and let go of all tracks.
    ReleaseMedia,
}
