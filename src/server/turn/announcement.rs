//! The relay as clients are told about it.
//!
//! Invariant: a client is told addresses it can be expected to reach: those the operator announced, or those listened
//! on by name, or the one the client reached the page at.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::http::uri::Authority;

use crate::protocol::{IceServer, PeerId};
use crate::server::clock::UnixMillis;
use crate::server::secrets::turn_credentials::Secret;

/// Clients are told about this server's own relay by this.
#[derive(Clone, Debug)]
pub(crate) struct Announcement {
    /// The relay knows the passwords that are signed with it.
    secret: Secret,
    /// UDP and TCP are spoken at these places.
    plain: Places,
    /// TLS is spoken at these places.
    secure: Places,
}

/// Where something listens.
#[derive(Clone, Debug, Default)]
struct Places {
    /// Everybody is told these hosts and ports.
    fixed: Vec<(String, u16)>,
    /// These ports are told together with the host at which somebody found the page.
    ports: Vec<u16>,
}

impl Places {
    fn new(external: &[IpAddr], listening: &[SocketAddr]) -> Self {
        let mut places = Self::default();
        for address in listening {
            if external.is_empty() && !address.ip().is_unspecified() {
                places.fixed.push((host_of(address.ip()), address.port()));
            } else if !places.ports.contains(&address.port()) {
                places.ports.push(address.port());
            }
        }
        if !external.is_empty() {
            for port in std::mem::take(&mut places.ports) {
                let everywhere = external.iter().map(|address| (host_of(*address), port));
                places.fixed.extend(everywhere);
            }
        }
        places
    }

    /// Lists hosts and ports for somebody who found the page at a host.
    fn seen_from(&self, host: Option<&str>) -> Vec<(String, u16)> {
        let at_page = host.into_iter().flat_map(|host| {
            let ports = self.ports.iter();
            ports.map(move |port| (host.to_owned(), *port))
        });
        self.fixed.iter().cloned().chain(at_page).collect()
    }
}

impl Announcement {
    pub(super) fn new(
        secret: Secret,
        external: &[IpAddr],
        listening: &[SocketAddr],
        secure: &[SocketAddr],
    ) -> Self {
        // A certificate is for a name: the address announced for plain connections is of no use to TLS.
        Self {
            secret,
            plain: Places::new(external, listening),
            secure: Places::new(&[], secure),
        }
    }

    /// One that listens here, with a secret of its own.
    #[cfg(test)]
    pub(crate) fn at(listening: SocketAddr) -> Self {
        Self::new(Secret::shared("north"), &[], &[listening], &[])
    }

    /// The servers for somebody whose browser found the page at `authority` (a host, maybe with a port), with
    /// credentials that open allocations for `lifetime`.
    pub(crate) fn servers(
        &self,
        who: &PeerId,
        authority: Option<&str>,
        lifetime: Duration,
        now: UnixMillis,
    ) -> Vec<IceServer> {
        let page = authority.and_then(|text| text.parse::<Authority>().ok());
        let host = page.as_ref().map(Authority::host);
        let plain = self.plain.seen_from(host);
        let stun: Vec<String> = plain
            .iter()
            .map(|(host, port)| format!("stun:{host}:{port}"))
            .collect();
        let plain = plain.iter().flat_map(|(host, port)| {
            ["udp", "tcp"].map(|transport| format!("turn:{host}:{port}?transport={transport}"))
        });
        let secure = self.secure.seen_from(host);
        let secure = secure
            .iter()
            .map(|(host, port)| format!("turns:{host}:{port}?transport=tcp"));
        let turn: Vec<String> = plain.chain(secure).collect();
        if turn.is_empty() {
            return Vec::new();
        }
        let credentials = self.secret.issue(who, lifetime, now);
        let mut servers = Vec::with_capacity(2);
        if !stun.is_empty() {
            servers.push(IceServer {
                urls: stun,
                username: None,
                credential: None,
            });
        }
        servers.push(IceServer {
            urls: turn,
            username: Some(credentials.username),
            credential: Some(credentials.password),
        });
        servers
    }
}

fn host_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::secrets::random;

    fn urls(external: &[&str], listening: &[&str], page: Option<&str>) -> Vec<String> {
        let external: Vec<IpAddr> = external.iter().map(|text| text.parse().unwrap()).collect();
        let listening: Vec<SocketAddr> =
            listening.iter().map(|text| text.parse().unwrap()).collect();
        let announcement = Announcement::new(Secret::shared("north"), &external, &listening, &[]);
        let servers = announcement.servers(&random::peer_id([7; 12]), page, Duration::ZERO, 0);
        servers.into_iter().flat_map(|server| server.urls).collect()
    }

    #[test]
    fn the_relay_is_where_the_page_is() {
        let everywhere = ["0.0.0.0:3478", "[::]:3478"];
        assert_eq!(
            urls(&[], &everywhere, Some("call.example.org:8443")),
            [
                "stun:call.example.org:3478",
                "turn:call.example.org:3478?transport=udp",
                "turn:call.example.org:3478?transport=tcp"
            ]
        );
        assert_eq!(
            urls(&[], &everywhere, Some("[2001:db8::1]"))[0],
            "stun:[2001:db8::1]:3478"
        );
        for nowhere in [None, Some(""), Some("a b")] {
            assert_eq!(urls(&[], &everywhere, nowhere), Vec::<String>::new());
        }
    }

    #[test]
    fn over_tls_it_is_where_the_certificate_is_for() {
        let everywhere = ["0.0.0.0:3478".parse().unwrap()];
        let secure = [
            "0.0.0.0:5349".parse().unwrap(),
            "[::]:5349".parse().unwrap(),
        ];
        let external = ["5.6.7.8".parse().unwrap()];
        let announcement =
            Announcement::new(Secret::shared("north"), &external, &everywhere, &secure);
        let servers = announcement.servers(
            &random::peer_id([7; 12]),
            Some("example.org"),
            Duration::ZERO,
            0,
        );
        assert_eq!(servers[1].urls[2], "turns:example.org:5349?transport=tcp");
        assert_eq!(servers[1].urls.len(), 3);
    }

    #[test]
    fn or_where_the_operator_says() {
        assert_eq!(
            urls(
                &["5.6.7.8"],
                &["0.0.0.0:3478", "[::]:3478"],
                Some("localhost:3000")
            ),
            [
                "stun:5.6.7.8:3478",
                "turn:5.6.7.8:3478?transport=udp",
                "turn:5.6.7.8:3478?transport=tcp"
            ]
        );
        assert_eq!(
            urls(&[], &["[fd00::2]:5000"], Some("localhost"))[0],
            "stun:[fd00::2]:5000"
        );
    }
}
