//! Sockets for datagrams: how their packets are treated on the way, and from which address of the machine they leave.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Packets to these addresses, which are far away, leave the machine from its address towards the world. They are never written to.
pub(crate) const FAR_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(9, 9, 9, 9));
/// The same of IPv6.
pub(crate) const FAR_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2620, 0xfe, 0, 0, 0, 0, 0, 0xfe));

/// Finds the address that this machine's packets to a target come from. Nothing is sent.
pub(crate) fn source_towards(target: IpAddr) -> Option<IpAddr> {
    let unspecified: IpAddr = if target.is_ipv4() {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    };
    let socket = UdpSocket::bind(SocketAddr::new(unspecified, 0)).ok()?;
    socket.connect(SocketAddr::new(target, 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified()).then_some(address)
}

/// Lets routers take large datagrams apart (RFC 8656 section 15): otherwise they would be lost without a word on paths that are
/// narrower than usual.
#[cfg(target_os = "linux")]
pub(crate) fn may_be_fragmented(socket: &UdpSocket) {
    use rustix::net::sockopt;
    let set = match socket.local_addr() {
        Ok(SocketAddr::V4(_)) => {
            sockopt::set_ip_mtu_discover(socket, sockopt::Ipv4PathMtuDiscovery::DONT)
        }
        Ok(SocketAddr::V6(_)) => {
            sockopt::set_ipv6_mtu_discover(socket, sockopt::Ipv6PathMtuDiscovery::DONT)
        }
        Err(_) => Ok(()),
    };
    if let Err(error) = set {
        tracing::debug!(%error, "large datagrams may be lost");
    }
}

/// Large datagrams are left to the system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn may_be_fragmented(_: &UdpSocket) {}
