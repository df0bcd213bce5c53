//! The addresses of this machine: which one a relay gets, how it is announced, and what leads back here.
//!
//! Invariant: asking the system costs no packet.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use crate::server::net::datagrams::{FAR_V4, FAR_V6, source_towards};
use crate::server::turn::core::Family;
use crate::server::turn::core::five_tuple::ClientPath;

/// No machine has this address (RFC 5737).
const NOBODYS: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 254));

/// What is known about the machine's addresses.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    /// The operator announces these addresses to the world, for a machine behind NAT.
    external: Vec<IpAddr>,
    /// The operator listens on these by name.
    listening: Vec<IpAddr>,
    /// An address that can be bound is the machine's own, unless this says that it proves nothing.
    probing: Probing,
}

/// Whether the system tells this machine's addresses from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Probing {
    /// The system lets programs bind its own addresses alone.
    Possible,
    /// The system lets programs bind foreign addresses too (`ip_nonlocal_bind`).
    Useless,
}

impl Addresses {
    pub(crate) fn new(external: Vec<IpAddr>, listening: impl IntoIterator<Item = IpAddr>) -> Self {
        let probing = if binds(NOBODYS) {
            Probing::Useless
        } else {
            Probing::Possible
        };
        let listening = listening
            .into_iter()
            .filter(|address| !address.is_unspecified())
            .collect();
        Self {
            external,
            listening,
            probing,
        }
    }

    /// Says where a relay for the client is opened: on the address listened on, or that of the way into the world, or
    /// that of the way to the client.
    pub(crate) fn for_relay(&self, path: &ClientPath, family: Family) -> Option<IpAddr> {
        let fits = |address: &IpAddr| address.is_ipv4() == (family == Family::V4);
        let far = if family == Family::V4 { FAR_V4 } else { FAR_V6 };
        let named = || self.listening.iter().copied().find(fits);
        named()
            .or_else(|| source_towards(far))
            .or_else(|| path.local().filter(fits))
            .or_else(|| source_towards(path.remote.ip()).filter(fits))
    }

    /// Says how an address of this machine is announced.
    pub(crate) fn announced(&self, local: IpAddr) -> IpAddr {
        let same = |external: &&IpAddr| external.is_ipv4() == local.is_ipv4();
        self.external.iter().find(same).copied().unwrap_or(local)
    }

    /// Says whether the address leads to this machine.
    pub(crate) fn is_own(&self, address: IpAddr) -> bool {
        self.external.contains(&address)
            || self.listening.contains(&address)
            || (self.probing == Probing::Possible && binds(address))
    }
}

fn binds(address: IpAddr) -> bool {
    UdpSocket::bind(SocketAddr::new(address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machines_addresses_are_told_from_others() {
        let addresses = Addresses::new(vec!["5.6.7.8".parse().unwrap()], []);
        assert!(addresses.is_own("127.0.0.1".parse().unwrap()));
        assert!(
            addresses.is_own("5.6.7.8".parse().unwrap()),
            "the announced one"
        );
        assert!(!addresses.is_own("1.1.1.1".parse().unwrap()));
    }

    #[test]
    fn the_announced_address_is_of_the_same_family() {
        let addresses = Addresses::new(vec!["5.6.7.8".parse().unwrap()], []);
        let local: IpAddr = "10.0.0.1".parse().unwrap();
        assert_eq!(
            addresses.announced(local),
            "5.6.7.8".parse::<IpAddr>().unwrap()
        );
        let local: IpAddr = "fd00::1".parse().unwrap();
        assert_eq!(addresses.announced(local), local);
    }
}
