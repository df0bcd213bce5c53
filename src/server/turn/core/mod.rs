//! The relay's rules without its sockets: bytes come in with a time, and what is to be done comes out.
//!
//! Invariant: nothing is remembered of anybody who has not proved who they are; every step costs the same however
//! many allocations there are.

pub(crate) mod accounts;
pub(crate) mod allocation;
pub(crate) mod answer;
pub(crate) mod five_tuple;
pub(crate) mod members;
pub(crate) mod meter;
pub(crate) mod methods;
pub(crate) mod nonce;
pub(crate) mod peer_filter;
pub(crate) mod ports;
pub(crate) mod realm;
pub(crate) mod request;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::sync::Arc;

use stun_types::message::{BINDING, MessageClass, Method};
use turn_types::channel::ChannelData;
use turn_types::message::SEND;

use self::accounts::Accounts;
use self::allocation::{Allocation, Reach};
use self::answer::Refusal;
use self::five_tuple::ClientPath;
use self::members::Members;
use self::nonce::Nonces;
use self::peer_filter::PeerFilter;
use self::ports::RelayPorts;
use self::request::Request;
use crate::server::clock::UnixMillis;
use crate::server::secrets::turn_credentials::Secret;

/// An IP version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// IPv4
    V4,
    /// IPv6
    V6,
}

/// What kind of port a relay is wanted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parity {
    /// Any.
    Any,
    /// An even one.
    Even,
}

/// Why there is no relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoRelay {
    /// The server has no address of that family.
    Family,
    /// No port is left, or the system gives none.
    Capacity,
}

/// The machine that the core runs on.
pub(super) trait Host {
    /// A relay. It ends when this is dropped.
    type Relay;

    /// Opens a relay for a client; its address as peers reach it.
    fn open_relay(
        &self,
        path: &ClientPath,
        family: Family,
        parity: Parity,
    ) -> Result<(Self::Relay, SocketAddr), NoRelay>;

    /// Whether the address leads to this machine.
    fn is_own(&self, address: IpAddr) -> bool;
}

/// What every core of the server shares.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) accounts: Arc<Accounts>,
    pub(super) filter: PeerFilter,
    pub(super) ports: Arc<RelayPorts>,
    pub(super) secret: Secret,
    pub(super) nonces: Nonces,
    pub(super) members: Members,
}

/// The allocations of some of the clients.
#[derive(Debug)]
pub(super) struct Core<H: Host> {
    pub(super) rules: Arc<Rules>,
    pub(super) host: H,
    pub(super) allocations: HashMap<ClientPath, Allocation<H::Relay>>,
}

/// What is to be done with a client's message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CoreStep<'core, R> {
    /// Nothing.
    Nothing,
    /// Send so many bytes of the output back.
    Answer(usize),
    /// Send a part of the message from the relay to the peer.
    Relay {
        relay: &'core R,
        to: SocketAddr,
        data: Range<usize>,
    },
}

impl<H: Host> Core<H> {
    pub(super) fn new(rules: Arc<Rules>, host: H) -> Self {
        Self {
            rules,
            host,
            allocations: HashMap::new(),
        }
    }

    /// Handles a message of a client. Answers are written to `out`.
    pub(super) fn client_sent(
        &mut self,
        path: &ClientPath,
        bytes: &[u8],
        now: UnixMillis,
        out: &mut [u8],
    ) -> CoreStep<'_, H::Relay> {
        match bytes.first().map(|first| first >> 6) {
            Some(1) => self.channel_data(path, bytes, now),
            Some(0) => match Request::parse(bytes) {
                Some(request) => self.message(path, bytes, &request, now, out),
                None => CoreStep::Nothing,
            },
            _ => CoreStep::Nothing,
        }
    }

    fn message(
        &mut self,
        path: &ClientPath,
        bytes: &[u8],
        request: &Request<'_>,
        now: UnixMillis,
        out: &mut [u8],
    ) -> CoreStep<'_, H::Relay> {
        let method = request.message.method();
        match request.message.class() {
            MessageClass::Indication if method == SEND => self.send(path, request, now),
            MessageClass::Request if method == BINDING => {
                answered(path, bytes, Self::bind(path, request, out))
            }
            MessageClass::Request => self.authenticated(path, bytes, method, request, now, out),
            _ => CoreStep::Nothing,
        }
    }

    fn authenticated(
        &mut self,
        path: &ClientPath,
        bytes: &[u8],
        method: Method,
        request: &Request<'_>,
        now: UnixMillis,
        out: &mut [u8],
    ) -> CoreStep<'_, H::Relay> {
        let Some(handle) = Self::handler(method) else {
            let refused = answer::refuse(&request.message, &Refusal::BadRequest, None, out);
            return answered(path, bytes, refused);
        };
        let user = match self.authenticate(path, request, now) {
            Ok(user) => user,
            Err(refusal) => {
                let refused = answer::refuse(&request.message, &refusal, None, out);
                return answered(path, bytes, refused);
            }
        };
        let unknown = request.not_understood();
        let handled = if unknown.is_empty() {
            handle(self, path, request, &user, now, out)
        } else {
            Err(Refusal::UnknownAttributes(unknown))
        };
        let written = match handled {
            Ok(written) => written,
            Err(refusal) => answer::refuse(&request.message, &refusal, Some(&user.key), out),
        };
        written.map_or(CoreStep::Nothing, CoreStep::Answer)
    }

    fn channel_data(
        &self,
        path: &ClientPath,
        bytes: &[u8],
        now: UnixMillis,
    ) -> CoreStep<'_, H::Relay> {
        let Ok((number, length)) = ChannelData::parse_header(bytes) else {
            return CoreStep::Nothing;
        };
        let data = 4..4 + length;
        let Some(allocation) = self.allocations.get(path) else {
            return CoreStep::Nothing;
        };
        match allocation.permissions.peer_of(number, now) {
            Some((peer, reach)) if data.end <= bytes.len() => {
                self.relay(allocation, peer, reach, data, now)
            }
            _ => CoreStep::Nothing,
        }
    }

    fn send(
        &self,
        path: &ClientPath,
        request: &Request<'_>,
        now: UnixMillis,
    ) -> CoreStep<'_, H::Relay> {
        let Some(allocation) = self.allocations.get(path) else {
            return CoreStep::Nothing;
        };
        let (Ok(peer), Some(data)) = (request.peer(), request.data()) else {
            return CoreStep::Nothing;
        };
        match allocation.permissions.reach(peer.ip(), now) {
            Some(reach) if request.not_understood().is_empty() => {
                self.relay(allocation, peer, reach, data, now)
            }
            _ => CoreStep::Nothing,
        }
    }

    fn relay<'core>(
        &self,
        allocation: &'core Allocation<H::Relay>,
        to: SocketAddr,
        reach: Reach,
        data: Range<usize>,
        now: UnixMillis,
    ) -> CoreStep<'core, H::Relay> {
        let passes = allocation.expires > now
            && to.port() != 0
            && self.reaches(to, reach)
            && allocation.account.allows(data.len(), now);
        if !passes {
            return CoreStep::Nothing;
        }
        CoreStep::Relay {
            relay: &allocation.relay,
            to,
            data,
        }
    }

    fn reaches(&self, peer: SocketAddr, reach: Reach) -> bool {
        reach == Reach::EveryPort || self.rules.ports.has(peer)
    }

    /// Which ports of a peer's address the relay may reach, if any.
    pub(super) fn reach_of(&self, address: IpAddr) -> Option<Reach> {
        if self.rules.ports.has_address(address) {
            return Some(Reach::RelaysOnly);
        }
        (self.rules.filter.allows(address) && !self.host.is_own(address))
            .then_some(Reach::EveryPort)
    }

    /// What the client of an allocation is sent when a peer sent something: `None` for nothing, the channel to send it
    /// on, or no channel for a Data indication.
    pub(super) fn peer_sent(
        &self,
        path: &ClientPath,
        peer: SocketAddr,
        length: usize,
        now: UnixMillis,
    ) -> Option<Option<u16>> {
        let allocation = self.allocations.get(path)?;
        let reach = allocation.permissions.reach(peer.ip(), now)?;
        let passes = allocation.expires > now
            && self.reaches(peer, reach)
            && allocation.account.allows(length, now);
        passes.then(|| allocation.permissions.channel_of(peer, now))
    }

    /// Ends the allocation of a client if its time has come. When it will otherwise; `None` when there is none.
    pub(super) fn expire(&mut self, path: &ClientPath, now: UnixMillis) -> Option<UnixMillis> {
        let expires = self.allocations.get(path)?.expires;
        if expires > now {
            return Some(expires);
        }
        self.end(path);
        None
    }

    /// Ends the allocation of a client.
    pub(super) fn end(&mut self, path: &ClientPath) {
        if let Some(ended) = self.allocations.remove(path) {
            self.rules.ports.close(ended.relayed);
        }
    }
}

/// An answer to somebody who has not proved who they are.
fn answered<'core, R>(
    path: &ClientPath,
    request: &[u8],
    written: Option<usize>,
) -> CoreStep<'core, R> {
    match written {
        Some(length) if answer::may_be_sent(path, request.len(), length) => {
            CoreStep::Answer(length)
        }
        _ => CoreStep::Nothing,
    }
}

#[cfg(test)]
#[path = "tests/core.rs"]
mod tests;
