//! The relay as clients are told about it.
//!
//! Invariant: a client is told addresses it can be expected to reach: those the operator announced, or those listened
//! on by name, or the one the client reached the page at.

use std::net::{IpAddr, SocketAddr};

use axum::http::uri::Authority;

use super::credentials::Secret;
use crate::protocol::{IceServer, PeerId};
use crate::server::clock::UnixMillis;

/// What is announced.
#[derive(Clone, Debug)]
pub(crate) struct Announcement {
    secret: Secret,
    /// Hosts and ports that everybody is told.
    fixed: Vec<(String, u16)>,
    /// Ports that are told together with the page's host.
    ports: Vec<u16>,
}

impl Announcement {
    pub(super) fn new(secret: Secret, external: &[IpAddr], listening: &[SocketAddr]) -> Self {
        let mut fixed = Vec::new();
        let mut ports = Vec::new();
        for address in listening {
            if external.is_empty() && !address.ip().is_unspecified() {
                fixed.push((host_of(address.ip()), address.port()));
            } else if !ports.contains(&address.port()) {
                ports.push(address.port());
            }
        }
        for address in external {
            fixed.extend(ports.iter().map(|port| (host_of(*address), *port)));
        }
        if !external.is_empty() {
            ports.clear();
        }
        Self {
            secret,
            fixed,
            ports,
        }
    }

    /// The servers for a peer whose browser found the page at `authority` (a host, maybe with a port).
    pub(crate) fn for_peer(
        &self,
        peer: &PeerId,
        authority: Option<&str>,
        now: UnixMillis,
    ) -> Vec<IceServer> {
        let page = authority.and_then(|text| text.parse::<Authority>().ok());
        let at_page = page.iter().flat_map(|page| {
            let ports = self.ports.iter();
            ports.map(|port| (page.host().to_owned(), *port))
        });
        let places: Vec<(String, u16)> = self.fixed.iter().cloned().chain(at_page).collect();
        if places.is_empty() {
            return Vec::new();
        }
        let credentials = self.secret.issue(peer, now);
        let stun = places.iter().map(|(host, port)| format!("stun:{host}:{port}"));
        let turn = places.iter().flat_map(|(host, port)| {
            ["udp", "tcp"].map(|transport| format!("turn:{host}:{port}?transport={transport}"))
        });
        vec![
            IceServer {
                urls: stun.collect(),
                username: None,
                credential: None,
            },
            IceServer {
                urls: turn.collect(),
                username: Some(credentials.username),
                credential: Some(credentials.password),
            },
        ]
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
    use crate::server::random;

    fn urls(external: &[&str], listening: &[&str], page: Option<&str>) -> Vec<String> {
        let external: Vec<IpAddr> = external.iter().map(|text| text.parse().unwrap()).collect();
        let listening: Vec<SocketAddr> = listening.iter().map(|text| text.parse().unwrap()).collect();
        let announcement = Announcement::new(Secret::shared("north"), &external, &listening);
        let servers = announcement.for_peer(&random::peer_id([7; 12]), page, 0);
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
        assert_eq!(urls(&[], &everywhere, Some("[2001:db8::1]"))[0], "stun:[2001:db8::1]:3478");
        for nowhere in [None, Some(""), Some("a b")] {
            assert_eq!(urls(&[], &everywhere, nowhere), Vec::<String>::new());
        }
    }

    #[test]
    fn or_where_the_operator_says() {
        assert_eq!(
            urls(&["5.6.7.8"], &["0.0.0.0:3478", "[::]:3478"], Some("localhost:3000")),
            ["stun:5.6.7.8:3478", "turn:5.6.7.8:3478?transport=udp", "turn:5.6.7.8:3478?transport=tcp"]
        );
        assert_eq!(urls(&[], &["[fd00::2]:5000"], Some("localhost"))[0], "stun:[fd00::2]:5000");
    }
}
