//! Requests for hosts that are not the site's are turned away, where the operator has named its addresses.
//!
//! Invariant: nothing but the health check is answered to them, which says nothing that a page could use.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::server::net::public_urls::PublicUrls;

/// Answers that the server serves. Who looks after it asks by address as well as by name.
pub(super) const HEALTH: &str = "/healthz";

/// Asked for a host that is not the site's, the server says this. It names none that are: a foreign page may read it.
pub(super) const MISDIRECTED: (StatusCode, &str) = (
    StatusCode::MISDIRECTED_REQUEST,
    "Nothing is served at this address. Open the one you were given; its operator has named it with --public-url.",
);

/// Lets through what is meant for the site.
pub(super) fn only_public(router: Router, urls: PublicUrls) -> Router {
    if urls.are_named() {
        router.layer(from_fn_with_state(urls, judge))
    } else {
        router
    }
}

async fn judge(State(urls): State<PublicUrls>, request: Request, next: Next) -> Response {
    let is_served = request.uri().path() == HEALTH
        || host(request.uri(), request.headers()).is_some_and(|host| urls.serve(host));
    if is_served {
        next.run(request).await
    } else {
        tracing::debug!("a request for a host that is not the site's was turned away");
        MISDIRECTED.into_response()
    }
}

/// The host that a request is for, maybe with a port: that of its target, if it has one (RFC 9112 section 3.2.2), or of its one
/// `Host` header.
fn host<'a>(target: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    if let Some(authority) = target.authority() {
        return Some(authority.as_str());
    }
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_for_one_host_or_for_none() {
        for (target, hosts, expected) in [
            ("/", vec!["a.example"], Some("a.example")),
            ("/", vec!["a.example:3000"], Some("a.example:3000")),
            ("/", vec![], None),
            ("/", vec!["a.example", "b.example"], None),
            ("http://b.example/", vec!["a.example"], Some("b.example")),
        ] {
            let target: Uri = target.parse().unwrap();
            let hosts = hosts.into_iter().map(|host| (HOST, host.parse().unwrap()));
            let mut headers = HeaderMap::new();
            for (name, value) in hosts {
                headers.append(name, value);
            }
            assert_eq!(host(&target, &headers), expected);
        }
    }
}
