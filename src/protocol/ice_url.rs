//! The URLs of STUN and TURN servers (RFC 7064, RFC 7065), taken apart.
//!
//! Invariant: an [`IceUrl`] is one that `RTCPeerConnection` accepts.

use std::net::Ipv6Addr;

use thiserror::Error;

/// The port of STUN and TURN (RFC 8489 section 18.6).
const PORT: u16 = 3478;

/// Their port over TLS.
const TLS_PORT: u16 = 5349;

/// A URL, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceUrl {
    /// What is spoken there.
    pub kind: UrlKind,
    /// Over what.
    pub transport: Transport,
    /// Name or address, without brackets.
    pub host: String,
    /// The port, the default one when the URL names none.
    pub port: u16,
}

/// What the server of a URL speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlKind {
    /// It tells addresses.
    Stun,
    /// It relays.
    Relay,
}

/// Over what a server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream in the clear.
    Tcp,
    /// A stream inside TLS.
    Tls,
    /// Datagrams inside DTLS (RFC 7350).
    Dtls,
}

/// Why a text is no URL of a STUN or TURN server.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IceUrlError {
    /// Another scheme, or none.
    #[error("expected a URL such as stun:example.org or turn:example.org:3478")]
    Scheme,
    /// No host, or characters that no host has.
    #[error("the URL names no host, or has // or other parts that STUN and TURN URLs do not have")]
    Host,
    /// Not a port.
    #[error("the port is a number from 1 to 65535")]
    Port,
    /// Something other than `?transport=udp` or `?transport=tcp`, or on a STUN URL.
    #[error("only turn: and turns: URLs may end in ?transport=udp or ?transport=tcp")]
    Transport,
}

impl IceUrl {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// [`IceUrlError`] says what is wrong with it.
    pub fn parse(url: &str) -> Result<Self, IceUrlError> {
        let (scheme, rest) = url.split_once(':').ok_or(IceUrlError::Scheme)?;
        let (kind, secure) = match scheme {
            "stun" => (UrlKind::Stun, false),
            "stuns" => (UrlKind::Stun, true),
            "turn" => (UrlKind::Relay, false),
            "turns" => (UrlKind::Relay, true),
            _ => return Err(IceUrlError::Scheme),
        };
        let (address, query) = match rest.split_once('?') {
            Some((address, query)) => (address, Some(query)),
            None => (rest, None),
        };
        let transport = match (query, kind, secure) {
            (None, _, false) | (Some("transport=udp"), UrlKind::Relay, false) => Transport::Udp,
            (Some("transport=tcp"), UrlKind::Relay, false) => Transport::Tcp,
            (None, _, true) | (Some("transport=tcp"), UrlKind::Relay, true) => Transport::Tls,
            (Some("transport=udp"), UrlKind::Relay, true) => Transport::Dtls,
            _ => return Err(IceUrlError::Transport),
        };
        let (host, port) = split_port(address)?;
        let port = match port {
            Some(port) => match port.parse() {
                Ok(port) if port > 0 => port,
                _ => return Err(IceUrlError::Port),
            },
            None if secure => TLS_PORT,
            None => PORT,
        };
        Ok(Self {
            kind,
            transport,
            host: host.to_owned(),
            port,
        })
    }
}

fn split_port(address: &str) -> Result<(&str, Option<&str>), IceUrlError> {
    if let Some(rest) = address.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or(IceUrlError::Host)?;
        host.parse::<Ipv6Addr>().map_err(|_| IceUrlError::Host)?;
        return match after.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if after.is_empty() => Ok((host, None)),
            None => Err(IceUrlError::Host),
        };
    }
    let (host, port) = match address.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (address, None),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if host.is_empty() || !host.bytes().all(plain) {
        return Err(IceUrlError::Host);
    }
    Ok((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transport_host_and_port_are_found_or_default() {
        use Transport::{Dtls, Tcp, Tls, Udp};
        for (url, transport, host, port) in [
            ("stun:example.org", Udp, "example.org", 3478),
            ("stuns:example.org", Tls, "example.org", 5349),
            ("turn:example.org", Udp, "example.org", 3478),
            ("turn:example.org:80?transport=tcp", Tcp, "example.org", 80),
            (
                "turns:example.org:443?transport=tcp",
                Tls,
                "example.org",
                443,
            ),
            ("turns:example.org?transport=udp", Dtls, "example.org", 5349),
            (
                "turn:[2001:db8::1]:53?transport=udp",
                Udp,
                "2001:db8::1",
                53,
            ),
        ] {
            let parsed = IceUrl::parse(url).unwrap();
            assert_eq!(
                (parsed.transport, parsed.host.as_str(), parsed.port),
                (transport, host, port),
                "{url}"
            );
        }
    }
}
