//! What connections and rooms are called inside the server.

use std::fmt;

/// One WebSocket of this run of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId(pub(crate) u64);

impl fmt::Display for ConnectionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// One seat of a room, for as long as somebody has it. Unlike a peer's id it is short, and costs nothing to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SeatId(pub(super) u64);

/// One room of this run of the server, for the log: a room's name lets everyone in who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RoomId(pub(super) u64);

impl fmt::Display for RoomId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
