//! Who may open allocations: the people who have a seat at this moment, and visitors who check their connection.
//!
//! Invariant: whoever left, was removed, or whose seat was given up is not in here, whatever their credentials say; and
//! whoever is taken out of here loses what they had opened at once.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

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

/// What members opened, and what has to end with them.
pub(crate) trait AllocationsOfMembers: Debug + Send + Sync {
    /// Ends every allocation of somebody who is no member any more.
    fn end_all_of(&self, peer: &PeerId);
}

/// Everybody who may open allocations. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(Arc<SharedMembers>);

#[derive(Debug, Default)]
struct SharedMembers {
    /// Each member stands here with what they are.
    peers: RwLock<HashMap<PeerId, Standing>>,
    /// The running relay's allocations; there are none while nothing relays.
    allocations: OnceLock<Box<dyn AllocationsOfMembers>>,
}

impl Members {
    /// Notes that somebody took a seat.
    pub(crate) fn enter(&self, peer: &PeerId) {
        self.set(peer, Standing::Seated);
    }

    /// Notes that somebody came to check their connection.
    pub(crate) fn visit(&self, visitor: &PeerId) {
        self.set(visitor, Standing::Visiting);
    }

    /// Notes that their seat is free again, or their visit is over: what they had opened ends.
    pub(crate) fn leave(&self, peer: &PeerId) {
        {
            let mut peers = self.0.peers.write();
            peers.remove(peer);
        }
        // An allocation that is being made now either is counted by now and ends here, or its maker finds that they left.
        if let Some(allocations) = self.0.allocations.get() {
            allocations.end_all_of(peer);
        }
    }

    /// Has these allocations end with their owners' membership. Only the first relay that says so is heard: there is one.
    pub(crate) fn own(&self, allocations: impl AllocationsOfMembers + 'static) {
        let _ = self.0.allocations.set(Box::new(allocations));
    }

    /// Says what the peer of that id is here; `None` for nobody.
    pub(crate) fn standing(&self, peer: &str) -> Option<Standing> {
        let peers = self.0.peers.read();
        peers.get(peer).copied()
    }

    fn set(&self, peer: &PeerId, standing: Standing) {
        let mut peers = self.0.peers.write();
        peers.insert(peer.clone(), standing);
    }
}
