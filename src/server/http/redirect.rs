//! Leads from HTTP to HTTPS.
//!
//! Invariant: nothing but redirects is served here, and only to the host that was asked for; where the operator has named the
//! site's addresses, only to one of those.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{HOST, LOCATION};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::layers::guarded;
use super::public_host::MISDIRECTED;
use crate::server::net::public_urls::PublicUrls;

/// HTTPS has this port where an address names none.
const HTTPS: u16 = 443;

/// Where HTTPS is to be found.
#[derive(Clone, Debug)]
struct Destination {
    /// The server listens for HTTPS on this port.
    port: u16,
    /// The site is open to the public at these addresses.
    public: PublicUrls,
}

/// Redirects everything to HTTPS: to the public address with the same host, or to this port where none is named.
pub(crate) fn router(port: u16, public: PublicUrls) -> Router {
    let destination = Destination { port, public };
    guarded(Router::new().fallback(redirect).with_state(destination))
}

async fn redirect(State(destination): State<Destination>, request: Request) -> Response {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    let location = host.and_then(|host| destination.location(host, &request));
    match location {
        Some(location) => {
            // 308 keeps the method, so that a form sent here is not lost.
            let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
            response.headers_mut().insert(LOCATION, location);
            response
        }
        None if destination.public.are_named() => MISDIRECTED.into_response(),
        None => (
            StatusCode::BAD_REQUEST,
            "Open this address with https:// instead.",
        )
            .into_response(),
    }
}

impl Destination {
    fn location(&self, host: &str, request: &Request) -> Option<HeaderValue> {
        let authority: Authority = host.parse().ok()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let host = authority.host();
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let location = if self.public.are_named() {
            format!("{}{path}", self.public.secure_url_of(host)?)
        } else if self.port == HTTPS {
            format!("https://{host}{path}")
        } else {
            format!("https://{host}:{}{path}", self.port)
        };
        HeaderValue::try_from(location).ok()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn location_of(host: &str, port: u16, path: &str) -> Option<String> {
        location_among(PublicUrls::default(), host, port, path)
    }

    fn location_among(public: PublicUrls, host: &str, port: u16, path: &str) -> Option<String> {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let location = Destination { port, public }.location(host, &request)?;
        Some(location.to_str().unwrap().to_owned())
    }

    #[test]
    fn host_path_and_query_are_kept() {
        for (host, port, path, expected) in [
            ("example.org", 443, "/", "https://example.org/"),
            (
                "example.org:80",
                443,
                "/r/abc?x=1",
                "https://example.org/r/abc?x=1",
            ),
            (
                "[2001:db8::1]:8080",
                8443,
                "/",
                "https://[2001:db8::1]:8443/",
            ),
            (
                "192.0.2.1",
                3000,
                "//evil.example",
                "https://192.0.2.1:3000//evil.example",
            ),
        ] {
            assert_eq!(location_of(host, port, path).as_deref(), Some(expected));
        }
    }

    #[test]
    fn where_addresses_are_named_only_they_are_led_to() {
        let urls = ["https://meet.example.org:8443,http://plain.example"
            .parse()
            .unwrap()];
        let public = PublicUrls::new(&urls);
        let location = |host| location_among(public.clone(), host, 3000, "/r/abc");
        for host in ["meet.example.org", "MEET.example.org:80"] {
            let expected = "https://meet.example.org:8443/r/abc";
            assert_eq!(location(host).as_deref(), Some(expected));
        }
        for host in ["evil.example", "plain.example", "203.0.113.7"] {
            assert_eq!(location(host), None, "{host}");
        }
    }

    #[test]
    fn a_forged_host_leads_nowhere() {
        for host in ["", "a b", "user@evil.example", "evil.example/x", "a\"b"] {
            assert_eq!(location_of(host, 443, "/"), None, "{host}");
        }
    }
}
