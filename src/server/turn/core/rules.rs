//! The allocations of some of the clients, and the rules they all live by.
//!
//! Invariant: a peer is reached only where the rules allow it, at the time of each message.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::accounts::Accounts;
use super::allocation::{Allocation, Reach};
use super::embedded;
use super::five_tuple::ClientPath;
use super::host::Host;
use super::members::Members;
use super::nonce::Nonces;
use super::peer_filter::PeerFilter;
use super::ports::RelayPorts;
use crate::server::clock::UnixMillis;
use crate::server::secrets::turn_credentials::Secret;
use crate::server::sfu::MediaPlaces;

/// Every core of the server goes by the same rules.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Quotas hold over all cores together.
    pub(crate) accounts: Arc<Accounts>,
    /// A peer has to pass this filter.
    pub(crate) filter: PeerFilter,
    /// Another person's relay is reached although its address is the server's own: its port stands here.
    pub(crate) ports: Arc<RelayPorts>,
    /// The SFU is reached although its addresses are the server's own, and may be private: they stand here with its ports.
    pub(crate) media: Arc<MediaPlaces>,
    /// Passwords are signatures with this secret.
    pub(crate) secret: Secret,
    /// Nonces are made and checked here.
    pub(crate) nonces: Nonces,
    /// Only those who stand here open allocations.
    pub(crate) members: Members,
}

/// A core has the allocations of some of the clients.
#[derive(Debug)]
pub(crate) struct Core<H: Host> {
    /// The rules are those of all cores.
    pub(crate) rules: Arc<Rules>,
    /// The machine opens the relays and knows its own addresses.
    pub(crate) host: H,
    /// Each client has one allocation at most (RFC 8656 section 3).
    pub(crate) allocations: HashMap<ClientPath, Allocation<H::Relay>>,
}

impl<H: Host> Core<H> {
    pub(crate) fn new(rules: Arc<Rules>, host: H) -> Self {
        Self {
            rules,
            host,
            allocations: HashMap::new(),
        }
    }

    /// Says whether a peer may be spoken to that was permitted this far.
    pub(crate) fn reaches(&self, peer: SocketAddr, reach: Reach) -> bool {
        reach == Reach::EveryPort || self.rules.ports.has(peer) || self.rules.media.has(peer)
    }

    /// Says which ports of a peer's address the relay may reach, if any.
    pub(crate) fn reach_of(&self, address: IpAddr) -> Option<Reach> {
        if self.has_own_ports(address) {
            return Some(Reach::OwnPorts);
        }
        let leads_elsewhere = |address| !self.leads_here(address);
        (self.rules.filter.allows(address)
            && leads_elsewhere(address)
            && embedded::inner(address).all(leads_elsewhere))
        .then_some(Reach::EveryPort)
    }

    fn leads_here(&self, address: IpAddr) -> bool {
        self.host.is_own(address) || self.has_own_ports(address)
    }

    fn has_own_ports(&self, address: IpAddr) -> bool {
        self.rules.ports.has_address(address) || self.rules.media.has_address(address)
    }

    /// Ends the allocation of a client if its time has come. Says when it will otherwise; `None` when there is none.
    pub(crate) fn expire(&mut self, path: &ClientPath, now: UnixMillis) -> Option<UnixMillis> {
        let expires = self.allocations.get(path)?.expires;
        if expires > now {
            return Some(expires);
        }
        self.end(path);
        None
    }

    /// Ends the allocation of a client, if it is this person's. Meanwhile another may have one from there.
    pub(crate) fn end_if_of(&mut self, path: &ClientPath, person: &str) {
        let allocation = self.allocations.get(path);
        if allocation.is_some_and(|allocation| allocation.account.is_of(person)) {
            self.end(path);
        }
    }

    /// Ends the allocation of a client.
    pub(crate) fn end(&mut self, path: &ClientPath) {
        if let Some(ended) = self.allocations.remove(path) {
            self.rules.ports.close(ended.relayed);
        }
    }
}
