//! The relays of this server by address, so that one reaches another without the detour over the system.
//!
//! Invariant: whoever is in here runs; what a neighbour is handed passes the same rules as what its socket receives.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use super::io::relay::ForwardingPath;

/// The running relays, by the address that clients know them by.
#[derive(Debug, Default)]
pub(super) struct Neighbours(RwLock<HashMap<SocketAddr, Weak<ForwardingPath>>>);

impl Neighbours {
    /// A relay started.
    pub(super) fn enter(&self, address: SocketAddr, relay: &Arc<ForwardingPath>) {
        let mut relays = self.0.write().unwrap_or_else(PoisonError::into_inner);
        relays.insert(address, Arc::downgrade(relay));
    }

    /// A relay ends.
    pub(super) fn leave(&self, address: SocketAddr) {
        let mut relays = self.0.write().unwrap_or_else(PoisonError::into_inner);
        relays.remove(&address);
    }

    /// The relay at an address.
    pub(super) fn at(&self, address: SocketAddr) -> Option<Arc<ForwardingPath>> {
        let relays = self.0.read().unwrap_or_else(PoisonError::into_inner);
        relays.get(&address)?.upgrade()
    }
}
