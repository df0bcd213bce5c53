//! Which of the ICE servers are to be tried, one URL at a time (RFC 7064, RFC 7065).

use crate::protocol::{IceServer, IceUrl, Transport, UrlKind};

/// A relay is reached in one of these ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayTransport {
    /// Datagrams lead to it.
    Udp,
    /// A stream in the clear leads to it.
    Tcp,
    /// A stream inside TLS leads to it.
    Tls,
}

impl RelayTransport {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Udp, Self::Tcp, Self::Tls];

    /// Its short name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }
}

/// One URL to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestServer {
    /// The server is described with this URL alone.
    pub server: IceServer,
    /// The URL has this port.
    pub port: u16,
}

/// The relays that are reached like this, in order.
pub fn relays(servers: &[IceServer], transport: RelayTransport) -> Vec<TestServer> {
    alone(servers, |url| transport_of(url) == Some(transport))
}

/// The STUN servers, in order.
pub fn stun_servers(servers: &[IceServer]) -> Vec<TestServer> {
    alone(servers, |url| url.kind == UrlKind::Stun)
}

fn alone(servers: &[IceServer], wanted: impl Fn(&IceUrl) -> bool) -> Vec<TestServer> {
    let mut found = Vec::new();
    for server in servers {
        for text in &server.urls {
            if let Ok(url) = IceUrl::parse(text)
                && wanted(&url)
            {
                found.push(TestServer {
                    server: IceServer {
                        urls: vec![text.clone()],
                        username: server.username.clone(),
                        credential: server.credential.clone(),
                    },
                    port: url.port,
                });
            }
        }
    }
    found
}

/// `None` for what is no relay, or one that no browser reaches (TURN over DTLS).
fn transport_of(url: &IceUrl) -> Option<RelayTransport> {
    match (url.kind, url.transport) {
        (UrlKind::Relay, Transport::Udp) => Some(RelayTransport::Udp),
        (UrlKind::Relay, Transport::Tcp) => Some(RelayTransport::Tcp),
        (UrlKind::Relay, Transport::Tls) => Some(RelayTransport::Tls),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(urls: &[&str]) -> IceServer {
        IceServer {
            urls: urls.iter().map(ToString::to_string).collect(),
            username: Some("ada".to_owned()),
            credential: None,
        }
    }

    #[test]
    fn each_url_has_its_way_and_its_port() {
        use RelayTransport::{Tcp, Tls, Udp};
        for (text, transport, port) in [
            ("turn:example.org", Some(Udp), 3478),
            ("turn:example.org:443", Some(Udp), 443),
            ("turn:example.org?transport=udp", Some(Udp), 3478),
            ("turn:[2001:db8::1]?transport=tcp", Some(Tcp), 3478),
            ("turn:[2001:db8::1]:80?transport=tcp", Some(Tcp), 80),
            ("turns:example.org", Some(Tls), 5349),
            ("turns:example.org:443?transport=tcp", Some(Tls), 443),
            ("turns:example.org?transport=udp", None, 5349),
            ("stun:example.org", None, 3478),
            ("stun:example.org:19302", None, 19302),
        ] {
            let url = IceUrl::parse(text).unwrap();
            assert_eq!((transport_of(&url), url.port), (transport, port), "{text}");
        }
    }

    #[test]
    fn every_url_is_tried_alone_with_the_credentials_of_its_server() {
        let servers = [
            server(&["stun:a", "turn:a?transport=udp", "turn:a?transport=tcp"]),
            server(&["turn:b:80?transport=tcp", "stun:b"]),
        ];
        let tcp = relays(&servers, RelayTransport::Tcp);
        let urls: Vec<_> = tcp.iter().map(|test| test.server.urls.concat()).collect();
        assert_eq!(urls, ["turn:a?transport=tcp", "turn:b:80?transport=tcp"]);
        assert_eq!(tcp[1].port, 80);
        assert_eq!(tcp[1].server.username.as_deref(), Some("ada"));
        assert_eq!(stun_servers(&servers).len(), 2);
        assert_eq!(relays(&servers, RelayTransport::Tls), []);
    }
}
