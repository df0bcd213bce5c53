//! The wire to a STUN or TURN server.

use std::io;
use std::net::SocketAddr;

use super::stun::Wire;
use crate::device::socket::dial;
use crate::protocol::{IceUrl, Transport};

/// Reaches a STUN or TURN server as its URL says.
///
/// # Errors
/// Why it cannot be reached.
pub(super) async fn to(url: &IceUrl, addresses: &[SocketAddr]) -> io::Result<Wire> {
    match url.transport {
        Transport::Udp => dial::udp(addresses).await.map(Wire::Datagrams),
        Transport::Tcp => dial::tcp(addresses)
            .await
            .map(|stream| Wire::Stream(Box::new(stream))),
        Transport::Tls | Transport::Dtls => {
            let tcp = dial::tcp(addresses).await?;
            let secured = dial::secure(tcp, &url.host).await?;
            match secured.opinion.objection() {
                // Browsers offer no way past this warning.
                Some(error) => Err(io::Error::other(format!(
                    "browsers refuse its certificate: {error}"
                ))),
                None => Ok(Wire::Stream(secured.stream)),
            }
        }
    }
}
