//! What this machine is called and which addresses it has, for words and certificates.
//!
//! Invariant: nothing is sent to find out; what cannot be found out is left out.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Finds the machine's own address in its network, for each family that has one. `listen` is the only one when it is
/// not "any address".
pub(super) fn addresses(listen: IpAddr) -> Vec<IpAddr> {
    if !listen.is_unspecified() {
        return vec![listen];
    }
    // Addresses for documentation: connecting a UDP socket only asks the routing table.
    let far_v4 = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 9));
    let far_v6 = SocketAddr::from((Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 9));
    let mut found = Vec::new();
    found.extend(own_address((Ipv4Addr::UNSPECIFIED, 0).into(), far_v4));
    if listen.is_ipv6() {
        found.extend(own_address((Ipv6Addr::UNSPECIFIED, 0).into(), far_v6));
    }
    found.retain(|address| !address.is_unspecified());
    found
}

fn own_address(from: SocketAddr, to: SocketAddr) -> Option<IpAddr> {
    let socket = UdpSocket::bind(from).ok()?;
    socket.connect(to).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Lists the names and addresses a certificate for this machine should bear.
pub(crate) fn names(listen: IpAddr) -> Vec<String> {
    let mut names = vec![
        "localhost".to_owned(),
        Ipv4Addr::LOCALHOST.to_string(),
        Ipv6Addr::LOCALHOST.to_string(),
    ];
    if let Some(host) = host_name() {
        names.push(format!("{host}.local"));
        names.push(host);
    }
    for address in addresses(listen) {
        let address = address.to_string();
        if !names.contains(&address) {
            names.push(address);
        }
    }
    names
}

/// Finds the machine's name, if it can stand in a certificate.
fn host_name() -> Option<String> {
    let system = rustix::system::uname();
    let name = system.nodename().to_str().ok()?.to_ascii_lowercase();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let usable = (1..=64).contains(&name.len()) && name.bytes().all(plain) && name != "localhost";
    usable.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_listened_on_is_the_only_one() {
        let address: IpAddr = "192.0.2.7".parse().unwrap();
        assert_eq!(addresses(address), [address]);
    }

    #[test]
    fn any_address_never_stands_for_itself() {
        for any in ["0.0.0.0", "::"] {
            let found = addresses(any.parse().unwrap());
            assert!(found.iter().all(|address| !address.is_unspecified()));
        }
    }

    #[test]
    fn a_certificate_for_this_machine_can_be_made_of_its_names() {
        let names = names("0.0.0.0".parse().unwrap());
        assert!(names.contains(&"localhost".to_owned()));
        assert!(rcgen::CertificateParams::new(names).is_ok());
    }
}
