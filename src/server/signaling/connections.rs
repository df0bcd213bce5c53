//! The WebSockets that are open: a cap on how many there are and how many come from one client's networks, and the way to
//! close them all.
//!
//! Invariant: a connection is counted exactly as long as its [`Slot`] lives.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, MutexGuard};

use crate::protocol::CloseCode;
use crate::server::net::client_networks::ClientNetworks;
use crate::server::net::network_counts::NetworkCounts;
use crate::server::rooms::ConnectionId;
use crate::server::rooms::outbox::Outbox;

/// Every open WebSocket. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Connections(Arc<SharedConnections>);

#[derive(Debug)]
struct SharedConnections {
    /// So many WebSockets are open at a time.
    most: usize,
    /// The next connection gets this number.
    next: AtomicU64,
    /// The open ones are counted here.
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    /// Every connection can be closed through its outbox.
    outboxes: HashMap<ConnectionId, Arc<Outbox>>,
    /// So many connections from each network are open.
    of_networks: NetworkCounts,
    /// The server stops: whoever comes now is refused, and all others were closed with this code.
    closed_with: Option<CloseCode>,
}

/// No further WebSocket is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The server has as many WebSockets as it may.
    TooMany,
    /// The address, or the /48 around it, has as many as it may have.
    TooManyOfOneAddress,
    /// The server is stopping.
    Stopping,
}

/// The right to one WebSocket.
#[derive(Debug)]
pub(crate) struct Slot {
    /// The slot is given back here when it is dropped.
    shared: Arc<SharedConnections>,
    /// The connection has this id in the log and among the seats.
    id: ConnectionId,
    /// The connection counts for these networks; `None` for loopback, which is not counted.
    networks: Option<ClientNetworks>,
    /// Whoever writes to the client puts it in here.
    outbox: Arc<Outbox>,
}

impl Connections {
    /// Begins with none. At most `most` are open at a time, and at most `most_of_one_address` from one address, and
    /// four times as many from one /48 of IPv6.
    pub(crate) fn new(most: usize, most_of_one_address: usize) -> Self {
        Self(Arc::new(SharedConnections {
            most,
            next: AtomicU64::new(1),
            open: Mutex::new(Open {
                outboxes: HashMap::new(),
                of_networks: NetworkCounts::new(most_of_one_address),
                closed_with: None,
            }),
        }))
    }

    /// Takes a slot for a client with this address.
    ///
    /// # Errors
    /// [`Refused`] says why there is none.
    pub(crate) fn open(&self, address: IpAddr) -> Result<Slot, Refused> {
        let mut open = self.0.open();
        if open.closed_with.is_some() {
            return Err(Refused::Stopping);
        }
        if open.outboxes.len() >= self.0.most {
            return Err(Refused::TooMany);
        }
        let networks = ClientNetworks::of(address);
        if let Some(networks) = networks {
            if !open.of_networks.has_one_for(networks) {
                return Err(Refused::TooManyOfOneAddress);
            }
            open.of_networks.add(networks);
        }
        let id = ConnectionId(self.0.next.fetch_add(1, Ordering::Relaxed));
        let outbox = Arc::<Outbox>::default();
        open.outboxes.insert(id, Arc::clone(&outbox));
        Ok(Slot {
            shared: Arc::clone(&self.0),
            id,
            networks,
            outbox,
        })
    }

    /// Closes all of them, and takes no more.
    pub(crate) fn close_all(&self, code: CloseCode) {
        let mut open = self.0.open();
        open.closed_with = Some(code);
        for outbox in open.outboxes.values() {
            outbox.close(code);
        }
    }

    /// Counts the open ones.
    pub(crate) fn count(&self) -> usize {
        self.0.open().outboxes.len()
    }
}

impl SharedConnections {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock()
    }
}

impl Slot {
    /// Gives the connection's id.
    pub(super) fn id(&self) -> ConnectionId {
        self.id
    }

    /// Gives the networks that the client counts for; `None` for loopback, which is not counted.
    pub(super) fn networks(&self) -> Option<ClientNetworks> {
        self.networks
    }

    /// Gives the queue of what is to be written to it.
    pub(crate) fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.shared.open();
        open.outboxes.remove(&self.id);
        if let Some(networks) = self.networks {
            open.of_networks.remove(networks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn no_more_than_the_cap_are_open() {
        let connections = Connections::new(2, 2);
        let (first, _second) = (
            connections.open(client("192.0.2.1")).unwrap(),
            connections.open(client("192.0.2.1")).unwrap(),
        );
        assert_eq!(
            connections.open(client("192.0.2.1")).unwrap_err(),
            Refused::TooMany
        );
        drop(first);
        assert!(connections.open(client("192.0.2.1")).is_ok());
    }

    #[test]
    fn one_address_has_only_its_share_and_gets_it_back() {
        let connections = Connections::new(100, 2);
        let open = |address| connections.open(client(address));
        let slots = [open("2001:db8::1").unwrap(), open("2001:db8::2").unwrap()];
        assert_eq!(
            open("2001:db8::3").unwrap_err(),
            Refused::TooManyOfOneAddress
        );
        assert!(open("2001:db8:0:1::3").is_ok());
        drop(slots);
        assert!(open("2001:db8::3").is_ok());
        assert!(connections.0.open().of_networks.is_empty());
    }

    #[test]
    fn the_networks_of_one_site_have_four_times_as_many_together() {
        let connections = Connections::new(100, 2);
        let open = |network: u16| connections.open(client(&format!("2001:db8:0:{network:x}::1")));
        let slots: Vec<Slot> = (0..8).map(|network| open(network).unwrap()).collect();
        assert_eq!(open(8).unwrap_err(), Refused::TooManyOfOneAddress);
        assert!(connections.open(client("2001:db8:1::1")).is_ok());
        drop(slots);
        assert!(open(8).is_ok());
    }

    #[test]
    fn loopback_is_not_counted() {
        let connections = Connections::new(100, 1);
        for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            let slots = [0; 3].map(|_| connections.open(client(address)).is_ok());
            assert_eq!(slots, [true; 3], "{address}");
        }
    }

    #[tokio::test]
    async fn closing_reaches_everyone_and_admits_nobody() {
        let connections = Connections::new(2, 2);
        let slot = connections.open(client("192.0.2.1")).unwrap();
        connections.close_all(CloseCode::Restarting);
        let mail = std::future::poll_fn(|context| slot.outbox().poll_take(context)).await;
        assert_eq!(mail.close, Some(CloseCode::Restarting));
        assert_eq!(
            connections.open(client("192.0.2.1")).unwrap_err(),
            Refused::Stopping
        );
    }
}
