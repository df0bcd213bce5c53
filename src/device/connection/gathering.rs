//! Looking for ways out: which STUN servers are asked, and wires to relays.
//!
//! Invariant: a server that does not answer holds up nothing but itself, and at most so many are asked.

use std::io;
use std::net::SocketAddr;

use futures::future::{BoxFuture, FutureExt};

use super::relay::Relay;
use super::turn_wire::{TurnWire, WireEnds};
use crate::device::socket::dial::{self, Stream, Trust};
use crate::protocol::{IceServer, IceTransportPolicy, IceUrl, Transport, UrlKind};

/// Which relays are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum RelayTransport {
    /// Whatever works.
    Any,
    /// Those that are reached over UDP.
    Udp,
    /// Those that are reached over TCP.
    Tcp,
    /// Those that are reached over TLS.
    Tls,
}

impl RelayTransport {
    fn admits(self, transport: Transport) -> bool {
        match self {
            Self::Any => true,
            Self::Udp => transport == Transport::Udp,
            Self::Tcp => transport == Transport::Tcp,
            Self::Tls => transport == Transport::Tls,
        }
    }
}

/// At most so many URLs are followed.
const MOST_URLS: usize = 8;

/// What looking for a way out came to.
pub(super) enum Gathered {
    /// A STUN server is at these addresses.
    Servers(Vec<SocketAddr>),
    /// A relay is being asked for.
    Relay(Box<Relay>),
    /// There is no way there.
    Nothing,
}

/// Follows every URL of these servers that may be used.
pub(super) fn begin(
    servers: &[IceServer],
    policy: IceTransportPolicy,
    relays: RelayTransport,
    trust: Trust,
) -> Vec<BoxFuture<'static, Gathered>> {
    let urls = servers
        .iter()
        .flat_map(|server| server.urls.iter().map(move |url| (server, url)));
    urls.filter_map(|(server, url)| Some((server, IceUrl::parse(url).ok()?)))
        .filter(|(_, url)| match url.kind {
            UrlKind::Stun => policy == IceTransportPolicy::All,
            UrlKind::Relay => relays.admits(url.transport),
        })
        .take(MOST_URLS)
        .map(|(server, url)| follow(server.clone(), url, trust).boxed())
        .collect()
}

async fn follow(server: IceServer, url: IceUrl, trust: Trust) -> Gathered {
    let Ok(addresses) = dial::resolve(&url.host, url.port).await else {
        return Gathered::Nothing;
    };
    match (url.kind, url.transport) {
        (UrlKind::Stun, Transport::Udp) => Gathered::Servers(addresses),
        (UrlKind::Stun, _) => Gathered::Nothing,
        (UrlKind::Relay, transport) => {
            let (Some(username), Some(password)) = (server.username, server.credential) else {
                return Gathered::Nothing;
            };
            match wire(&addresses, &url.host, transport, trust).await {
                Ok((wire, ends)) => {
                    Gathered::Relay(Box::new(Relay::ask(wire, ends, &username, &password)))
                }
                Err(_) => Gathered::Nothing,
            }
        }
    }
}

async fn wire(
    addresses: &[SocketAddr],
    host: &str,
    transport: Transport,
    trust: Trust,
) -> io::Result<(TurnWire, WireEnds)> {
    match transport {
        Transport::Udp => {
            let socket = dial::udp(addresses).await?;
            let ends = WireEnds {
                local: socket.local_addr()?,
                remote: socket.peer_addr()?,
            };
            Ok((TurnWire::Datagrams(socket), ends))
        }
        Transport::Tcp | Transport::Tls => {
            let tcp = dial::tcp(addresses).await?;
            tcp.set_nodelay(true)?;
            let ends = WireEnds {
                local: tcp.local_addr()?,
                remote: tcp.peer_addr()?,
            };
            let stream: Box<dyn Stream> = if transport == Transport::Tcp {
                Box::new(tcp)
            } else {
                dial::secure(tcp, host).await?.trusted(trust)?
            };
            Ok((TurnWire::stream(stream), ends))
        }
        Transport::Dtls => Err(io::ErrorKind::Unsupported.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(urls: &[&str]) -> IceServer {
        IceServer {
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            username: Some("u".to_owned()),
            credential: Some("c".to_owned()),
        }
    }

    #[tokio::test]
    async fn what_may_not_be_used_is_not_asked() {
        let servers = [server(&[
            "stun:127.0.0.1:1",
            "turn:127.0.0.1:1",
            "nonsense",
        ])];
        let count = |servers: &[IceServer], policy, relays| {
            begin(servers, policy, relays, Trust::Authorities).len()
        };
        let (all, relayed) = (IceTransportPolicy::All, IceTransportPolicy::Relay);
        assert_eq!(count(&servers, all, RelayTransport::Any), 2);
        assert_eq!(count(&servers, relayed, RelayTransport::Any), 1);
        assert_eq!(count(&servers, relayed, RelayTransport::Udp), 1);
        assert_eq!(count(&servers, relayed, RelayTransport::Tcp), 0);
        let many = [server(&["stun:127.0.0.1:1"; 100])];
        assert_eq!(count(&many, all, RelayTransport::Any), MOST_URLS);
    }

    #[tokio::test]
    async fn a_stun_server_is_named_by_its_addresses_and_what_leads_nowhere_is_nothing() {
        let follow = |url: &str| {
            let servers = [server(&[url])];
            let (policy, relays) = (IceTransportPolicy::All, RelayTransport::Any);
            begin(&servers, policy, relays, Trust::Authorities).remove(0)
        };
        let found = follow("stun:127.0.0.1:3478").await;
        assert!(
            matches!(found, Gathered::Servers(at) if at == ["127.0.0.1:3478".parse().unwrap()])
        );
        for url in [
            "stuns:127.0.0.1:1",
            "turns:127.0.0.1:1?transport=udp",
            "turn:127.0.0.1:1?transport=tcp",
        ] {
            assert!(matches!(follow(url).await, Gathered::Nothing), "{url}");
        }
    }
}
