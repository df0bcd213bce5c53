//! The address of a room, as people pass it on.
//!
//! Invariant: a [`RoomAddress`] names a scheme that is spoken here, a host, a port and a room that can exist.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use tokio_tungstenite::tungstenite::http::Uri;

use crate::protocol::{RoomName, RoomNameError};

/// Whether the server is reached over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    /// The connection is in the clear: `http`.
    Plain,
    /// The connection is over TLS: `https`.
    Tls,
}

/// A room on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoomAddress {
    /// The scheme says this.
    pub(crate) security: Security,
    /// The host is a name or an address, without the brackets of an IPv6 address.
    pub(crate) host: String,
    /// The port is the scheme's own where the address names none.
    pub(crate) port: u16,
    /// The room has this name.
    pub(crate) room: RoomName,
    /// Host and port stand here as they stand in `Host`.
    authority: String,
}

/// Why a text is not the address of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum RoomAddressError {
    /// It is no address of a page, or one with other parts than a room's has.
    #[error("expected the address of a room, such as https://meet.example.org/r/greenhouse")]
    Form,
    /// No room has this name.
    #[error("{0}")]
    Room(#[from] RoomNameError),
}

impl FromStr for RoomAddress {
    type Err = RoomAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| RoomAddressError::Form)?;
        let (security, usual_port) = match uri.scheme_str() {
            Some("http") => (Security::Plain, 80),
            Some("https") => (Security::Tls, 443),
            _ => return Err(RoomAddressError::Form),
        };
        let authority = uri.authority().ok_or(RoomAddressError::Form)?;
        let host = authority.host();
        if authority.as_str().contains('@') || host.is_empty() || uri.query().is_some() {
            return Err(RoomAddressError::Form);
        }
        let room = uri.path().strip_prefix("/r/");
        let room = room.ok_or(RoomAddressError::Form)?.trim_end_matches('/');
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        Ok(Self {
            security,
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(usual_port),
            room: RoomName::parse(room)?,
            authority: authority.as_str().to_owned(),
        })
    }
}

impl RoomAddress {
    /// Another room on the same server.
    pub(crate) fn with_room(&self, room: RoomName) -> Self {
        Self {
            room,
            ..self.clone()
        }
    }

    /// Gives host and port as they stand in `Host` (RFC 9110 section 7.2).
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Gives the origin of the server's pages (RFC 6454).
    pub(crate) fn origin(&self) -> String {
        let scheme = match self.security {
            Security::Plain => "http",
            Security::Tls => "https",
        };
        format!("{scheme}://{}", self.authority)
    }
}

impl fmt::Display for RoomAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/r/{}", self.origin(), self.room.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_and_put_together_again() {
        for (text, security, host, port) in [
            (
                "https://example.org/r/abc",
                Security::Tls,
                "example.org",
                443,
            ),
            (
                "http://localhost:3000/r/abc",
                Security::Plain,
                "localhost",
                3000,
            ),
            ("http://[::1]:3000/r/abc", Security::Plain, "::1", 3000),
            (
                "http://example.org/r/abc",
                Security::Plain,
                "example.org",
                80,
            ),
        ] {
            let address: RoomAddress = text.parse().unwrap();
            assert_eq!(
                (address.security, address.host.as_str(), address.port),
                (security, host, port)
            );
            assert_eq!(
                (address.room.as_str(), address.to_string()),
                ("abc", text.to_owned())
            );
        }
    }

    #[test]
    fn what_leads_to_no_room_is_refused() {
        for text in [
            "",
            "example.org/r/abc",
            "ftp://example.org/r/abc",
            "https://example.org",
            "https://example.org/r/",
            "https://example.org/abc",
            "https://a@example.org/r/abc",
            "https://example.org/r/abc?x=1",
            "https://example.org/r/No",
        ] {
            assert!(text.parse::<RoomAddress>().is_err(), "{text}");
        }
    }
}
