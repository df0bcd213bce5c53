//! Addresses that people elsewhere cannot reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an address reaches decides what a relay there is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The address can be reached from anywhere.
    Global,
    /// The address is reached from the same network, or from the same host's containers.
    Local,
    /// The address is reached from this machine, or not at all.
    Nowhere,
}

/// Says how far the address reaches.
pub(super) fn reach(address: IpAddr) -> Reach {
    match address.to_canonical() {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    let [first, second, ..] = address.octets();
    if address.is_unspecified() || address.is_loopback() || address.is_documentation() {
        return Reach::Nowhere;
    }
    if address.is_multicast() || address.is_broadcast() || first == 0 || first >= 240 {
        return Reach::Nowhere;
    }
    // RFC 6598: between a provider and its customers.
    let shared = first == 100 && (64..128).contains(&second);
    if address.is_private() || address.is_link_local() || shared {
        return Reach::Local;
    }
    Reach::Global
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    let documentation = address.segments()[..2] == [0x2001, 0xdb8];
    if address.is_unspecified() || address.is_loopback() || address.is_multicast() || documentation
    {
        return Reach::Nowhere;
    }
    if address.is_unique_local() || address.is_unicast_link_local() {
        return Reach::Local;
    }
    Reach::Global
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_reach_as_far_as_the_registries_say() {
        for (address, expected) in [
            ("8.8.8.8", Reach::Global),
            ("2a00::1", Reach::Global),
            ("10.0.0.1", Reach::Local),
            ("172.17.0.2", Reach::Local),
            ("100.64.0.1", Reach::Local),
            ("169.254.1.1", Reach::Local),
            ("fd00::1", Reach::Local),
            ("fe80::1", Reach::Local),
            ("::ffff:10.0.0.1", Reach::Local),
            ("127.0.0.1", Reach::Nowhere),
            ("::1", Reach::Nowhere),
            ("0.0.0.0", Reach::Nowhere),
            ("::", Reach::Nowhere),
            ("192.0.2.1", Reach::Nowhere),
            ("2001:db8::1", Reach::Nowhere),
            ("224.0.0.1", Reach::Nowhere),
            ("255.255.255.255", Reach::Nowhere),
        ] {
            assert_eq!(reach(address.parse().unwrap()), expected, "{address}");
        }
    }
}
