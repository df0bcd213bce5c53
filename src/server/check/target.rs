//! What is to be checked, and the address of a running server as an operator writes it.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use clap::Args;
use thiserror::Error;

use crate::server::config::Config;
use crate::server::net::origin::Scheme;

/// What is to be checked.
#[derive(Clone, Debug, Args)]
#[command(
    about = "Test a configuration before it is used, or with --url a running server; say what does not work and what to do"
)]
pub struct CheckRequest {
    /// Test the server that runs at this address, seen from here: page, WebSocket, certificate, STUN, relays, media port
    #[arg(long, value_name = "URL")]
    pub(super) url: Option<TargetUrl>,
    /// What would be served, which is what is tested without --url.
    #[command(flatten)]
    pub(super) config: Config,
}

/// Scheme, host and port of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TargetUrl {
    /// The scheme tells whether the connection is over TLS.
    pub(super) scheme: Scheme,
    /// The host is a name or an address, without the brackets of an IPv6 address.
    pub(super) host: String,
    /// The port is the scheme's own where the address names none.
    pub(super) port: u16,
    /// Host and port stand here as browsers send them.
    authority: String,
}

/// Why a text is not the address of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected an address such as https://meet.example.org, without a path")]
pub(super) struct TargetUrlError;

impl FromStr for TargetUrl {
    type Err = TargetUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| TargetUrlError)?;
        let scheme = uri
            .scheme_str()
            .and_then(Scheme::named)
            .ok_or(TargetUrlError)?;
        let authority = uri.authority().ok_or(TargetUrlError)?;
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        if !bare || authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(TargetUrlError);
        }
        let port = match (authority.port_u16(), scheme) {
            (Some(port), _) => port,
            (None, Scheme::Https) => 443,
            (None, Scheme::Http) => 80,
        };
        let host = authority.host();
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        Ok(Self {
            scheme,
            host: host.to_owned(),
            port,
            authority: authority.as_str().to_owned(),
        })
    }
}

impl TargetUrl {
    /// Says whether browsers take it for the machine itself (W3C Secure Contexts section 3.1).
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        let address = host.parse::<std::net::IpAddr>();
        host == "localhost"
            || host.ends_with(".localhost")
            || address.is_ok_and(|address| address.is_loopback())
    }

    /// Says whether people find it by a name, which others can let lead there too.
    pub(super) fn is_a_name(&self) -> bool {
        self.host.parse::<std::net::IpAddr>().is_err() && !self.is_loopback()
    }

    /// Gives host and port as they stand in `Host` (RFC 9110 section 7.2).
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }
}

impl fmt::Display for TargetUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(formatter, "{scheme}://{}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_taken_apart() {
        for (text, host, port, shown) in [
            (
                "https://example.org",
                "example.org",
                443,
                "https://example.org",
            ),
            (
                "https://example.org/",
                "example.org",
                443,
                "https://example.org",
            ),
            (
                "http://example.org",
                "example.org",
                80,
                "http://example.org",
            ),
            (
                "https://192.0.2.1:8443",
                "192.0.2.1",
                8443,
                "https://192.0.2.1:8443",
            ),
            ("http://[::1]:3000", "::1", 3000, "http://[::1]:3000"),
        ] {
            let url: TargetUrl = text.parse().unwrap();
            assert_eq!((url.host.as_str(), url.port), (host, port));
            assert_eq!(url.to_string(), shown);
        }
    }

    #[test]
    fn names_are_told_from_addresses_and_from_this_machine() {
        for (text, expected) in [
            ("https://meet.example.org", true),
            ("https://192.0.2.1", false),
            ("https://[2001:db8::1]:3000", false),
            ("http://localhost:3000", false),
        ] {
            let url: TargetUrl = text.parse().unwrap();
            assert_eq!(url.is_a_name(), expected, "{text}");
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        for text in [
            "",
            "example.org",
            "ftp://example.org",
            "https://a@b",
            "https://example.org/r/abc",
            "https://",
        ] {
            assert_eq!(text.parse::<TargetUrl>(), Err(TargetUrlError), "{text}");
        }
    }
}
