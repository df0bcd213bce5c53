//! The allocations of some of the clients, and the rules they all live by.
//!
//! Invariant: a peer is reached only where the rules allow it, at the time of each message.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::accounts::Accounts;
use super::allocation::{Allocation, Reach};
use super::five_tuple::ClientPath;
use super::host::Host;
use super::members::Members;
use super::nonce::Nonces;
use super::peer_filter::PeerFilter;
use super::ports::RelayPorts;
use crate::server::clock::UnixMillis;
use crate::server::secrets::turn_credentials::Secret;

/// What every core of the server shares.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) filter: PeerFilter,
    pub(crate) ports: Arc<RelayPorts>,
    pub(crate) secret: Secret,
    pub(crate) nonces: Nonces,
    pub(crate) members: Members,
}

/// The allocations of some of the clients.
#[derive(Debug)]
pub(crate) struct Core<H: Host> {
    pub(crate) rules: Arc<Rules>,
    pub(crate) host: H,
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

    /// Whether a peer may be spoken to that was permitted this far.
    pub(crate) fn reaches(&self, peer: SocketAddr, reach: Reach) -> bool {
        reach == Reach::EveryPort || self.rules.ports.has(peer)
    }

    /// Which ports of a peer's address the relay may reach, if any.
    pub(crate) fn reach_of(&self, address: IpAddr) -> Option<Reach> {
        if self.rules.ports.has_address(address) {
            return Some(Reach::RelaysOnly);
        }
        (self.rules.filter.allows(address) && !self.host.is_own(address))
            .then_some(Reach::EveryPort)
    }

    /// Ends the allocation of a client if its time has come. When it will otherwise; `None` when there is none.
    pub(crate) fn expire(&mut self, path: &ClientPath, now: UnixMillis) -> Option<UnixMillis> {
        let expires = self.allocations.get(path)?.expires;
        if expires > now {
            return Some(expires);
        }
        self.end(path);
        None
    }

    /// Ends the allocation of a client.
    pub(crate) fn end(&mut self, path: &ClientPath) {
        if let Some(ended) = self.allocations.remove(path) {
            self.rules.ports.close(ended.relayed);
        }
    }
}
