//! Which peers the relay may speak to: public addresses, and what the operator opened.
//!
//! Without this a relay is a door into the operator's own network. Invariant: an address that is not globally
//! reachable is refused, whatever IPv6 form an IPv4 address hides in, unless `--turn-allow-peer` names it. The
//! ranges are those of the IANA special-purpose address registries (RFC 6890 and its updates).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::embedded::Embedding;

/// The operator can open what is closed by default.
#[derive(Clone, Debug, Default)]
pub(crate) struct PeerFilter {
    /// Addresses of these networks may be reached although they are not public.
    allowed: Vec<IpNet>,
}

impl PeerFilter {
    /// Opens what is in one of the ranges, whatever else is said about it.
    pub(crate) fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// Says whether peers of this address may be spoken to.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        let canonical = address.to_canonical();
        if self.allowed.iter().any(|range| range.contains(&canonical)) {
            return true;
        }
        match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => match Embedding::of(address) {
                Embedding::Nothing => is_public_v6(address),
                Embedding::Hidden => false,
                Embedding::Instead(inner) => inner
                    .into_iter()
                    .flatten()
                    .all(|inner| self.allows(IpAddr::V4(inner))),
                Embedding::Beside(inner) => is_public_v6(address) && self.allows(IpAddr::V4(inner)),
            },
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, ..)
    )
}

/// Says whether an IPv6 address that stands for itself is public.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Only 2000::/3 is global unicast; loopback, link-local, ULA, multicast and the rest are outside of it.
    segments[0] & 0xe000 == 0x2000
        && !matches!(
            (segments[0], segments[1]),
            (0x2001, 0..=0x01ff | 0x0db8) | (0x3fff, 0..=0x0fff)
        )
}

#[cfg(test)]
#[path = "tests/peer_filter.rs"]
mod tests;
