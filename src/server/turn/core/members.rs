//! Who may open allocations: the people who have a seat at this moment, and visitors who check their connection.
//!
//! Invariant: whoever left, was removed, or whose seat was given up is not in here, whatever their credentials say.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::protocol::PeerId;

/// Somebody is this to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// They have a seat.
    Seated,
    /// They check their connection, for a short while.
    Visiting,
}

/// Everybody who may open allocations. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(Arc<RwLock<HashMap<PeerId, Standing>>>);

impl Members {
    /// Notes that somebody took a seat.
    pub(crate) fn enter(&self, peer: &PeerId) {
        self.set(peer, Standing::Seated);
    }

    /// Notes that somebody came to check their connection.
    pub(crate) fn visit(&self, visitor: &PeerId) {
        self.set(visitor, Standing::Visiting);
    }

    /// Notes that their seat is free again, or their visit is over.
    pub(crate) fn leave(&self, peer: &PeerId) {
        let mut peers = self.0.write();
        peers.remove(peer);
    }

    /// Says what the peer of that id is here; `None` for nobody.
    pub(crate) fn standing(&self, peer: &str) -> Option<Standing> {
        let peers = self.0.read();
        peers.get(peer).copied()
    }

    fn set(&self, peer: &PeerId, standing: Standing) {
        let mut peers = self.0.write();
        peers.insert(peer.clone(), standing);
    }
}
