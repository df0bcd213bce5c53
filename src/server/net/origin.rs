//! What an `Origin` is: scheme, host and port of a page.
//!
//! Invariant: two origins that browsers take for the same are equal.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use axum::http::uri::Authority;
use thiserror::Error;

/// Scheme, host and port of a page (RFC 6454), in lower case and without a default port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The scheme is part of an origin: a page over HTTP is another origin than the same over HTTPS.
    pub(super) scheme: Scheme,
    /// Host and port are in lower case, without a default port, so that equal origins are equal texts.
    authority: String,
}

/// How a page is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// The page is fetched in the clear.
    Http,
    /// The page is fetched over TLS.
    Https,
}

impl Scheme {
    /// Finds the scheme of that name, in any case of letters.
    pub(crate) fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("https") {
            Some(Self::Https)
        } else if name.eq_ignore_ascii_case("http") {
            Some(Self::Http)
        } else {
            None
        }
    }

    fn default_port(self) -> &'static str {
        match self {
            Self::Http => ":80",
            Self::Https => ":443",
        }
    }
}

impl Origin {
    /// Says whether host and port are these; without a port, it is the scheme's own.
    pub(super) fn is_at(&self, authority: &str) -> bool {
        self.authority == normal_authority(authority, self.scheme)
    }

    /// Says whether its pages are fetched over TLS from this host, on whatever port.
    pub(super) fn is_secure_at(&self, host: &str) -> bool {
        let own = self.authority.parse::<Authority>();
        self.scheme == Scheme::Https && own.is_ok_and(|own| own.host().eq_ignore_ascii_case(host))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(formatter, "{scheme}://{}", self.authority)
    }
}

/// Why a text is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected an origin such as https://example.org or http://localhost:8080")]
pub(crate) struct OriginError;

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| OriginError)?;
        let scheme = uri
            .scheme_str()
            .and_then(Scheme::named)
            .ok_or(OriginError)?;
        let authority = uri.authority().ok_or(OriginError)?.as_str();
        let bare = uri.path() == "/" && uri.query().is_none() && !text.ends_with('/');
        if !bare || authority.contains('@') || authority.is_empty() {
            return Err(OriginError);
        }
        Ok(Self {
            scheme,
            authority: normal_authority(authority, scheme),
        })
    }
}

fn normal_authority(authority: &str, scheme: Scheme) -> String {
    let lower = authority.to_ascii_lowercase();
    lower
        .strip_suffix(scheme.default_port())
        .unwrap_or(&lower)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().unwrap()
    }

    #[test]
    fn equal_origins_are_equal_however_they_are_written() {
        let own = origin("https://example.org");
        for text in [
            "https://Example.ORG",
            "https://example.org:443",
            "HTTPS://example.org",
        ] {
            assert_eq!(origin(text), own, "{text}");
            assert_eq!(origin(text).to_string(), "https://example.org");
        }
        for text in [
            "http://example.org",
            "https://example.org:80",
            "https://example.org:8443",
        ] {
            assert_ne!(origin(text), own, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_origins() {
        for text in [
            "",
            "null",
            "example.org",
            "https://example.org/",
            "https://example.org@evil.example",
            "file://example.org",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(OriginError), "{text}");
        }
    }
}
