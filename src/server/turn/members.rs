//! Who may open allocations: the people who have a seat at this moment.
//!
//! Invariant: whoever left, was removed, or whose seat was given up is not in here, whatever their credentials say.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use crate::protocol::PeerId;

/// Everybody who has a seat. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(Arc<RwLock<HashSet<PeerId>>>);

impl Members {
    /// Somebody took a seat.
    pub(crate) fn enter(&self, peer: &PeerId) {
        let mut peers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        peers.insert(peer.clone());
    }

    /// Their seat is free again.
    pub(crate) fn leave(&self, peer: &PeerId) {
        let mut peers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        peers.remove(peer);
    }

    /// Whether the peer of that id has a seat.
    pub(crate) fn contains(&self, peer: &str) -> bool {
        let peers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        peers.contains(peer)
    }
}
