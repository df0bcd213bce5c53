//! Whose pages may connect: the check that keeps other sites from acting through a visitor's browser.
//!
//! Invariant: a request with an `Origin` that is neither the site's own nor on the operator's list is refused.

use std::str::FromStr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Uri};
use thiserror::Error;

/// Scheme, host and port of a page (RFC 6454), in lower case and without a default port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The scheme is part of an origin: a page over HTTP is another origin than the same over HTTPS.
    scheme: Scheme,
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

/// Which origins may connect.
#[derive(Clone, Debug)]
pub(crate) struct OriginPolicy {
    /// These origins may connect besides the site's own.
    pub(crate) allowed: Vec<Origin>,
    /// A request that names no origin is treated so.
    pub(crate) without_origin: WithoutOrigin,
}

/// What happens to a request without `Origin`, which no browser sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WithoutOrigin {
    /// Native clients are welcome.
    Allowed,
    /// Browsers alone may connect.
    Refused,
}

impl OriginPolicy {
    /// Says whether a request with these headers may connect. Where it is known how the site is opened, an origin of
    /// the other scheme is not the site's own.
    pub(crate) fn allows(&self, headers: &HeaderMap, scheme: Option<Scheme>) -> bool {
        let mut origins = headers.get_all(ORIGIN).iter();
        let Some(origin) = origins.next() else {
            return self.without_origin == WithoutOrigin::Allowed;
        };
        if origins.next().is_some() {
            return false;
        }
        let Some(origin) = origin
            .to_str()
            .ok()
            .and_then(|text| text.parse::<Origin>().ok())
        else {
            return false;
        };
        if self.allowed.contains(&origin) {
            return true;
        }
        if scheme.is_some_and(|scheme| scheme != origin.scheme) {
            return false;
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| normal_authority(host, origin.scheme) == origin.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(policy: &OriginPolicy, host: &'static str, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        policy.allows(&headers, None)
    }

    #[test]
    fn the_sites_own_pages_may_connect_and_others_may_not() {
        let policy = OriginPolicy {
            allowed: vec![],
            without_origin: WithoutOrigin::Allowed,
        };
        for (host, origin) in [
            ("example.org", "https://example.org"),
            ("example.org", "https://Example.ORG:443"),
            ("example.org:443", "https://example.org"),
            ("example.org:3000", "http://example.org:3000"),
            ("[::1]:3000", "http://[::1]:3000"),
        ] {
            assert!(allows(&policy, host, Some(origin)), "{host} {origin}");
        }
        for origin in [
            "null",
            "https://evil.example",
            "https://example.org.evil.example",
            "https://example.org:8443",
            "https://example.org@evil.example",
            "file://example.org",
            "https://example.org/",
        ] {
            assert!(!allows(&policy, "example.org", Some(origin)), "{origin}");
        }
    }

    #[test]
    fn the_operator_may_allow_further_origins() {
        let policy = OriginPolicy {
            allowed: vec!["https://app.example".parse().unwrap()],
            without_origin: WithoutOrigin::Allowed,
        };
        assert!(allows(&policy, "example.org", Some("https://app.example")));
        assert!(!allows(&policy, "example.org", Some("http://app.example")));
    }

    #[test]
    fn a_client_without_origin_is_let_through_unless_origins_are_required() {
        let mut policy = OriginPolicy {
            allowed: vec![],
            without_origin: WithoutOrigin::Allowed,
        };
        assert!(allows(&policy, "example.org", None));
        policy.without_origin = WithoutOrigin::Refused;
        assert!(!allows(&policy, "example.org", None));
        assert!(allows(&policy, "example.org", Some("https://example.org")));
    }

    #[test]
    fn where_the_scheme_is_known_the_other_one_is_foreign() {
        let policy = OriginPolicy {
            allowed: vec!["http://app.example".parse().unwrap()],
            without_origin: WithoutOrigin::Allowed,
        };
        let allows = |origin: &'static str| {
            let headers = HeaderMap::from_iter([
                (HOST, "example.org".parse().unwrap()),
                (ORIGIN, origin.parse().unwrap()),
            ]);
            policy.allows(&headers, Some(Scheme::Https))
        };
        assert!(allows("https://example.org"));
        assert!(!allows("http://example.org"));
        assert!(allows("http://app.example"));
    }

    #[test]
    fn two_origins_are_none() {
        let policy = OriginPolicy {
            allowed: vec![],
            without_origin: WithoutOrigin::Allowed,
        };
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "example.org".parse().unwrap());
        headers.append(ORIGIN, "https://example.org".parse().unwrap());
        headers.append(ORIGIN, "https://evil.example".parse().unwrap());
        assert!(!policy.allows(&headers, None));
    }
}
