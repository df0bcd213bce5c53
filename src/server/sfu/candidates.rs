//! What an answer names as the server's addresses (ICE host candidates, RFC 8445 section 5.1.1.1).
//!
//! Invariant: a client is told addresses that it can be expected to reach, of IP versions that there is a socket for, and at
//! most [`MOST_CANDIDATES`] of them. Loopback is told to whoever came over it, and to nobody else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::server::net::reached_at::ReachedAt;

/// An answer names at most so many addresses: a client checks each of them from each of its own.
const MOST_CANDIDATES: usize = 8;

/// The sockets of a shard are bound here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct BoundAddresses {
    /// The socket for IPv4 has this address, with the port that it got; `None` when there is no such socket.
    pub(super) v4: Option<SocketAddr>,
    /// The socket for IPv6 has this address, with the port that it got; `None` when there is no such socket.
    pub(super) v6: Option<SocketAddr>,
}

/// Lists the addresses for somebody who reached the server like this, best first. What they say themselves of that they are told
/// again, and nobody else is. `external` are those that the operator announces: of their version of IP they stand for all others. `own` are
/// those of the machine.
pub(super) fn candidates(
    external: &[IpAddr],
    own: &[IpAddr],
    reached: ReachedAt,
    bound: BoundAddresses,
) -> Vec<SocketAddr> {
    let of = |bound: Option<SocketAddr>| {
        bound.map_or_else(Vec::new, |bound| {
            let addresses = of_one_version(external, own, reached, bound.ip());
            let port = bound.port();
            addresses
                .into_iter()
                .map(|address| SocketAddr::new(address, port))
                .collect()
        })
    };
    let (mut v4, mut v6) = (of(bound.v4), of(bound.v6));
    let half = MOST_CANDIDATES / 2;
    v4.truncate(half.max(MOST_CANDIDATES.saturating_sub(v6.len())));
    v6.truncate(MOST_CANDIDATES.saturating_sub(v4.len()));
    v4.extend(v6);
    v4
}

/// Lists the addresses of the version of IP that a socket is bound to.
fn of_one_version(
    external: &[IpAddr],
    own: &[IpAddr],
    reached: ReachedAt,
    bound: IpAddr,
) -> Vec<IpAddr> {
    let loopback = if bound.is_ipv4() {
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    } else {
        IpAddr::V6(Ipv6Addr::LOCALHOST)
    };
    let is_of_version = |address: &IpAddr| address.is_ipv4() == bound.is_ipv4();
    let is_announced = external.iter().any(is_of_version);
    let mut told = Vec::new();
    let mut tell = |address: IpAddr| {
        if is_of_version(&address) && !told.contains(&address) {
            told.push(address);
        }
    };
    if is_announced {
        external.iter().copied().for_each(&mut tell);
    }
    let here = reached.named.into_iter().chain(reached.local);
    let here = here.chain(own.iter().copied());
    let here = if bound.is_unspecified() {
        here.filter(|address| !is_announced && is_usable(*address))
            .collect()
    } else if bound.is_loopback() || is_announced {
        Vec::new()
    } else {
        vec![bound]
    };
    here.into_iter().for_each(&mut tell);
    let hears_loopback = bound.is_unspecified() || bound.is_loopback();
    if reached.is_over_loopback() && hears_loopback {
        tell(if bound.is_loopback() { bound } else { loopback });
    }
    told
}

/// Says whether somebody elsewhere may reach the machine by an address of it.
fn is_usable(address: IpAddr) -> bool {
    let is_link_local = match address {
        IpAddr::V4(address) => address.is_link_local() || address.is_broadcast(),
        // Without an interface it leads nowhere, and interfaces cannot be told.
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    !(address.is_unspecified() || address.is_loopback() || address.is_multicast() || is_link_local)
}

#[cfg(test)]
#[path = "tests/candidates.rs"]
mod tests;
