//! The connections the driver was told to open, and to whom.
//!
//! Invariant: a path has one connection at most, and a person one path.

use crate::protocol::PeerId;
use crate::room::ordered::OrderedMap;
use crate::room::path::id::PathId;

/// A connection that is open, or about to be.
#[derive(Clone, Debug)]
pub(super) struct OpenConnection {
    /// This person is at its other end.
    pub(super) whom: PeerId,
    /// It is the so-manyth of its path.
    pub(super) generation: u32,
}

/// The connections, by the path they belong to.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenConnections(OrderedMap<PathId, OpenConnection>);

impl OpenConnections {
    /// A connection is opened; the one it replaces is returned.
    pub(super) fn open(
        &mut self,
        path: PathId,
        whom: PeerId,
        generation: u32,
    ) -> Option<OpenConnection> {
        self.0.insert(path, OpenConnection { whom, generation })
    }

    /// The connection of a path is closed; it is returned, if there was one.
    pub(super) fn close(&mut self, path: PathId) -> Option<OpenConnection> {
        self.0.remove(&path)
    }

    /// Everyone who is connected, or about to be.
    pub(super) fn people(&self) -> impl Iterator<Item = &PeerId> {
        self.0.values().map(|connection| &connection.whom)
    }

    /// The connection to a person.
    pub(super) fn to(&self, whom: &PeerId) -> Option<&OpenConnection> {
        self.0.values().find(|connection| connection.whom == *whom)
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.values().next().is_none()
    }
}
