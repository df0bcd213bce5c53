//! The own addresses of the machine, as far as connections go out from them.
//!
//! Invariant: asking the system costs no packet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// A route is looked up for these public addresses; nothing is ever sent to them.
const FAR: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(9, 9, 9, 9)),
    IpAddr::V6(Ipv6Addr::new(0x2620, 0xfe, 0, 0, 0, 0, 0, 0xfe)),
];

/// The addresses that packets into the world come from, and the one that the server is reached from.
pub(super) fn addresses(towards_server: Option<IpAddr>) -> Vec<IpAddr> {
    let far = FAR.into_iter().filter_map(source_towards);
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in towards_server.into_iter().chain(far) {
        let address = address.to_canonical();
        if !address.is_unspecified() && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

/// The address that packets to a target come from.
fn source_towards(target: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = match target {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    socket.connect(SocketAddr::new(target, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_towards_the_server_comes_first_and_none_twice() {
        let loopback: IpAddr = "127.0.0.1".parse().unwrap();
        let mapped: IpAddr = "::ffff:127.0.0.1".parse().unwrap();
        for towards in [loopback, mapped] {
            let found = addresses(Some(towards));
            assert_eq!(found[0], loopback);
            let again: Vec<&IpAddr> = found.iter().filter(|it| **it == loopback).collect();
            assert_eq!(again.len(), 1);
        }
        assert!(
            addresses(Some("0.0.0.0".parse().unwrap()))
                .iter()
                .all(|it| !it.is_unspecified())
        );
    }
}
