//! Whose pages may connect: the check that keeps other sites from acting through a visitor's browser.
//!
//! Invariant: a request with an `Origin` that is neither the site's own nor on the operator's list is refused.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};

use super::origin::{Origin, Scheme};
use super::public_urls::PublicUrls;

/// What the browser itself says of where a request comes from (W3C Fetch Metadata section 2.3). No script can set it.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Which origins may connect.
#[derive(Clone, Debug)]
pub(crate) struct OriginPolicy {
    /// These origins are the site's own, where any are named; otherwise the origin that equals the `Host` of a request is.
    pub(crate) public: PublicUrls,
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
        if self.public.are_named() {
            return self.public.contain(&origin);
        }
        if scheme.is_some_and(|scheme| scheme != origin.scheme) {
            return false;
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| origin.is_at(host))
    }

    /// Says whether a request that may come from a form or a beacon may act. The site's pages let nobody know where they are
    /// (`Referrer-Policy: no-referrer`), so browsers say `Origin: null` for them there (Fetch section 3.2), and tell by
    /// `Sec-Fetch-Site` alone whose page it is, where they tell that at all.
    pub(crate) fn allows_hidden(&self, headers: &HeaderMap, scheme: Option<Scheme>) -> bool {
        let mut origins = headers.get_all(ORIGIN).iter();
        let is_hidden = origins.next().is_some_and(|origin| origin == "null");
        if is_hidden && origins.next().is_none() {
            let site = headers.get(SEC_FETCH_SITE);
            return site.is_none_or(|site| site == "same-origin");
        }
        self.allows(headers, scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an operator gets who says nothing.
    fn own_pages() -> OriginPolicy {
        OriginPolicy {
            public: PublicUrls::default(),
            allowed: vec![],
            without_origin: WithoutOrigin::Allowed,
        }
    }

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
        let policy = own_pages();
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
            ..own_pages()
        };
        assert!(allows(&policy, "example.org", Some("https://app.example")));
        assert!(!allows(&policy, "example.org", Some("http://app.example")));
    }

    #[test]
    fn a_client_without_origin_is_let_through_unless_origins_are_required() {
        let mut policy = own_pages();
        assert!(allows(&policy, "example.org", None));
        policy.without_origin = WithoutOrigin::Refused;
        assert!(!allows(&policy, "example.org", None));
        assert!(allows(&policy, "example.org", Some("https://example.org")));
    }

    #[test]
    fn where_the_scheme_is_known_the_other_one_is_foreign() {
        let policy = OriginPolicy {
            allowed: vec!["http://app.example".parse().unwrap()],
            ..own_pages()
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
        let policy = own_pages();
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "example.org".parse().unwrap());
        headers.append(ORIGIN, "https://example.org".parse().unwrap());
        headers.append(ORIGIN, "https://evil.example".parse().unwrap());
        assert!(!policy.allows(&headers, None));
    }

    fn meet_only() -> OriginPolicy {
        OriginPolicy {
            public: PublicUrls::new(&["https://meet.example.org".parse().unwrap()]),
            allowed: vec!["https://app.example".parse().unwrap()],
            ..own_pages()
        }
    }

    #[test]
    fn where_addresses_are_named_an_equal_host_is_not_enough() {
        let policy = meet_only();
        let own = Some("https://meet.example.org");
        assert!(allows(&policy, "meet.example.org", own));
        assert!(allows(&policy, "127.0.0.1:3000", own), "behind a proxy");
        assert!(allows(
            &policy,
            "meet.example.org",
            Some("https://app.example")
        ));
        assert!(allows(&policy, "meet.example.org", None));
        for (host, origin) in [
            ("evil.example", "https://evil.example"),
            ("meet.example.org", "http://meet.example.org"),
            ("meet.example.org", "null"),
        ] {
            assert!(!allows(&policy, host, Some(origin)), "{host} {origin}");
        }
    }

    #[test]
    fn a_hidden_origin_may_send_a_form_unless_the_browser_says_that_it_is_foreign() {
        let policy = meet_only();
        let allows = |origin: &'static str, site: Option<&'static str>| {
            let mut headers = HeaderMap::from_iter([
                (HOST, "meet.example.org".parse().unwrap()),
                (ORIGIN, origin.parse().unwrap()),
            ]);
            headers.extend(site.map(|site| (SEC_FETCH_SITE, site.parse().unwrap())));
            policy.allows_hidden(&headers, None)
        };
        assert!(allows("null", Some("same-origin")));
        assert!(allows("null", None), "browsers say it to secure pages only");
        assert!(allows("https://meet.example.org", None));
        assert!(!allows("null", Some("cross-site")));
        assert!(!allows("null", Some("same-site")));
        assert!(!allows("https://evil.example", Some("same-origin")));
    }
}
