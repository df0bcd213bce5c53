//! The door between the relay and the SFU: whom UDP is blocked for reach the SFU through the relay, inside the process.
//!
//! What a client of the relay sends to an address of the SFU's goes to no socket, so that neither a closed port nor the address that a
//! NAT or a container gives the machine stands in the way; and what the SFU sends such a client goes back the same way. Invariant: the
//! door leads to the SFU and to nothing else of the machine, and back to the relay's own client and to no other relay, so that nothing goes
//! around in circles. Nobody waits at it: what finds no room is lost.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use super::door_queue::{DoorQueue, Handed};
use super::media_places::MediaPlaces;

/// The clients of the relay, as the SFU reaches them.
pub(crate) trait RelayClients: Send + Sync {
    /// Passes a datagram to the client whose relay has the address `relay`, as if it had come to the relay from `from`. The relay's own
    /// rules decide: what they do not permit, or what finds no room, is lost. It does not wait.
    fn pass(&self, relay: SocketAddr, from: SocketAddr, datagram: &[u8]);
}

/// The way from the SFU to the clients of the relay, once there is a relay.
#[derive(Clone, Default)]
pub(super) struct WayBack(Arc<OnceLock<Box<dyn RelayClients>>>);

impl WayBack {
    /// Passes a datagram to the client of a relay; lost where there is none.
    pub(super) fn pass(&self, relay: SocketAddr, from: SocketAddr, datagram: &[u8]) {
        if let Some(clients) = self.0.get() {
            clients.pass(relay, from, datagram);
        }
    }
}

/// The door, as the relay holds it.
#[derive(Clone)]
pub(crate) struct Door {
    /// The SFU has these addresses.
    places: Arc<MediaPlaces>,
    /// Its sockets have these ports: with any other one nothing has to be looked up.
    ports: Arc<[u16]>,
    /// Each thread takes what is for it out of its queue.
    queues: Arc<[Arc<DoorQueue>]>,
    way_back: WayBack,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Door").field(&self.ports).finish()
    }
}

impl Door {
    /// A door to these threads, which have these ports and give back what is for clients of the relay by this way.
    pub(super) fn new(
        places: Arc<MediaPlaces>,
        ports: Vec<u16>,
        queues: Vec<Arc<DoorQueue>>,
        way_back: WayBack,
    ) -> Self {
        Self {
            places,
            ports: ports.into(),
            queues: queues.into(),
            way_back,
        }
    }

    /// Gives the addresses of the SFU.
    pub(crate) fn places(&self) -> Arc<MediaPlaces> {
        Arc::clone(&self.places)
    }

    /// Says where the SFU finds the clients of the relay. There is one relay: the first to say so is it.
    pub(crate) fn open(&self, clients: Box<dyn RelayClients>) {
        let _ = self.way_back.0.set(clients);
    }

    /// Takes a datagram that came through the relay at `from` and is for `to`. `false` when that is not the SFU; else it has been
    /// handed over, or is lost.
    pub(crate) fn enter(&self, from: SocketAddr, to: SocketAddr, datagram: &[u8]) -> bool {
        if !self.ports.contains(&to.port()) {
            return false;
        }
        let Some(shard) = self.places.shard_at(to) else {
            return false;
        };
        if let Some(queue) = self.queues.get(shard) {
            queue.put(Handed { from, to }, datagram);
        }
        true
    }
}

#[cfg(test)]
#[path = "tests/door.rs"]
mod tests;
