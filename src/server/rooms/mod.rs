//! The rooms: a pure core that knows who sits where, an actor around each, and the registry that finds them.
//!
//! Invariant: a room never waits for a connection. What it has to say goes into bounded mailboxes; a connection whose
//! mailbox is full is closed as too slow, and its seat is kept like that of any lost connection.

mod actor;
mod core;
mod directory;
pub(crate) mod outbox;
mod registry;
mod rotation;
mod seat;

pub(crate) use registry::{JoinRequest, Rooms};
pub(crate) use seat::{JoinRefusal, SeatHandle};

use std::fmt;

/// One WebSocket of this run of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId(pub u64);

impl fmt::Display for ConnectionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// One room of this run of the server, for the log: a room's name lets everyone in who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RoomId(u64);

impl fmt::Display for RoomId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
