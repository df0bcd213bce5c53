//! Which session a datagram belongs to.
//!
//! Invariant: an address is bound to one session, and only to one whose ICE username fragment came from there in a request
//! that the session accepted. Of each session at most [`MOST_ADDRESSES`] addresses and [`MOST_UFRAGS`] username fragments are
//! known; what strangers send leaves nothing here.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::binding::BindingRequest;

/// A client has so many addresses at a time: those of a candidate pair in use, its standby, and as many after a change of
/// network.
const MOST_ADDRESSES: usize = 4;

/// A session has so many username fragments at a time: the current one and those of the restarts before.
const MOST_UFRAGS: usize = 4;

/// A username fragment that was replaced still leads to its session for so long: checks sent before the client had the answer
/// are under way.
const REPLACED_UFRAG_KEPT: Duration = Duration::from_secs(10);

/// The way from datagrams to the sessions of a shard, which are known as `S`.
#[derive(Debug)]
pub(super) struct Demux<S> {
    /// The sessions' clients write from these addresses.
    by_address: HashMap<SocketAddr, S>,
    /// The sessions told their clients these username fragments.
    by_ufrag: HashMap<Box<[u8]>, Named<S>>,
    /// The same the other way round.
    sessions: HashMap<S, Known>,
}

/// The owner of a username fragment.
#[derive(Debug)]
struct Named<S> {
    session: S,
    /// The username fragment was replaced, and leads nowhere from this instant on.
    until: Option<Instant>,
}

/// What leads to one session.
#[derive(Debug, Default)]
struct Known {
    /// The address that was proved last is at the end.
    addresses: Vec<SocketAddr>,
    /// The current one is at the end.
    ufrags: Vec<Box<[u8]>>,
}

/// The session that a datagram is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Owner<S> {
    /// The datagram came from an address that is bound to the session.
    Bound(S),
    /// The datagram is a binding request that names the session. If the session accepts it, its integrity checked, the claim
    /// is to be given to [`Demux::bind`].
    Claimed(Claim<S>),
}

impl<S: Copy> Owner<S> {
    /// Gives the session.
    pub(super) fn session(&self) -> S {
        match self {
            Self::Bound(session) => *session,
            Self::Claimed(claim) => claim.session,
        }
    }
}

/// Somebody at an address knows the username fragment of a session. Only [`Demux::find`] makes one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claim<S> {
    session: S,
    from: SocketAddr,
}

impl<S> Default for Demux<S> {
    fn default() -> Self {
        Self {
            by_address: HashMap::new(),
            by_ufrag: HashMap::new(),
            sessions: HashMap::new(),
        }
    }
}

impl<S: Copy + Eq + Hash> Demux<S> {
    /// Notes the username fragment of the session's newest answer. The one before still counts for ten seconds. One that
    /// another session has stays theirs.
    pub(super) fn learn(&mut self, session: S, ufrag: &str, now: Instant) {
        let ufrag: Box<[u8]> = ufrag.as_bytes().into();
        let owner = self.by_ufrag.get(&ufrag).map(|named| named.session);
        if owner.is_some_and(|owner| owner != session) {
            return;
        }
        let known = self.sessions.entry(session).or_default();
        if known.ufrags.last() == Some(&ufrag) {
            return;
        }
        let before = known.ufrags.last();
        if let Some(before) = before.and_then(|before| self.by_ufrag.get_mut(before)) {
            before.until = Some(now + REPLACED_UFRAG_KEPT);
        }
        known.ufrags.retain(|before| *before != ufrag);
        let surplus = (known.ufrags.len() + 1).saturating_sub(MOST_UFRAGS);
        for oldest in known.ufrags.drain(..surplus) {
            self.by_ufrag.remove(&oldest);
        }
        known.ufrags.push(ufrag.clone());
        let until = None;
        self.by_ufrag.insert(ufrag, Named { session, until });
    }

    /// Forgets everything that leads to the session.
    pub(super) fn forget(&mut self, session: S) {
        let Some(known) = self.sessions.remove(&session) else {
            return;
        };
        for address in known.addresses {
            self.by_address.remove(&address);
        }
        for ufrag in known.ufrags {
            self.by_ufrag.remove(&ufrag);
        }
    }

    /// Finds the session of a datagram: of a binding request the one that it names, of anything else the one that its address
    /// is bound to. `None` for strangers' datagrams, which are to be dropped.
    pub(super) fn find(&self, from: SocketAddr, bytes: &[u8], now: Instant) -> Option<Owner<S>> {
        let Some(ufrag) = BindingRequest::read(bytes).and_then(|request| request.ufrag) else {
            return self.by_address.get(&from).copied().map(Owner::Bound);
        };
        let named = self.by_ufrag.get(ufrag)?;
        let counts = named.until.is_none_or(|until| now < until);
        let session = named.session;
        counts.then_some(Owner::Claimed(Claim { session, from }))
    }

    /// Binds an address to the session that accepted the request from there. An address of another session moves; of too many
    /// the one goes whose last accepted request is the oldest.
    pub(super) fn bind(&mut self, claim: Claim<S>) {
        let Claim { session, from } = claim;
        let Some(known) = self.sessions.get_mut(&session) else {
            return;
        };
        known.addresses.retain(|address| *address != from);
        let surplus = (known.addresses.len() + 1).saturating_sub(MOST_ADDRESSES);
        for oldest in known.addresses.drain(..surplus) {
            self.by_address.remove(&oldest);
        }
        known.addresses.push(from);
        let before = self.by_address.insert(from, session);
        if let Some(before) = before.filter(|before| *before != session)
            && let Some(known) = self.sessions.get_mut(&before)
        {
            known.addresses.retain(|address| *address != from);
        }
    }
}

#[cfg(test)]
#[path = "tests/demux.rs"]
mod tests;
