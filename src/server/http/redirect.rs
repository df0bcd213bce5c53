//! Leads from HTTP to HTTPS.
//!
//! Invariant: nothing but redirects is served here, and only to the host that was asked for.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{HOST, LOCATION};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::layers::guarded;

/// HTTPS has this port where an address names none.
const HTTPS: u16 = 443;

/// Redirects everything to HTTPS on this port.
pub(crate) fn router(port: u16) -> Router {
    guarded(Router::new().fallback(redirect).with_state(port))
}

async fn redirect(State(port): State<u16>, request: Request) -> Response {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    let location = host.and_then(|host| location(host, port, &request));
    match location {
        Some(location) => {
            // 308 keeps the method, so that a form sent here is not lost.
            let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
            response.headers_mut().insert(LOCATION, location);
            response
        }
        None => (
            StatusCode::BAD_REQUEST,
            "Open this address with https:// instead.",
        )
            .into_response(),
    }
}

fn location(host: &str, port: u16, request: &Request) -> Option<HeaderValue> {
    let authority: Authority = host.parse().ok()?;
    if authority.as_str().contains('@') {
        return None;
    }
    let host = authority.host();
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let location = match port {
        HTTPS => format!("https://{host}{path}"),
        port => format!("https://{host}:{port}{path}"),
    };
    HeaderValue::try_from(location).ok()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn location_of(host: &str, port: u16, path: &str) -> Option<String> {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let location = location(host, port, &request)?;
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
    fn a_forged_host_leads_nowhere() {
        for host in ["", "a b", "user@evil.example", "evil.example/x", "a\"b"] {
            assert_eq!(location_of(host, 443, "/"), None, "{host}");
        }
    }
}
