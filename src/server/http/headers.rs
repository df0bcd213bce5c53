//! The headers that stand on every response, and the content security policy of the pages.
//!
//! Invariant: no response leaves without a policy; no policy allows inline scripts, and none names a third party.

use axum::Router;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::server::net::tls::Issuer;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// A call needs these, on this site only; everything else browsers could give is switched off.
const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), \
    picture-in-picture=(self), screen-wake-lock=(self), autoplay=(self), clipboard-write=(self), \
    clipboard-read=(), accelerometer=(), encrypted-media=(), gamepad=(), geolocation=(), gyroscope=(), \
    hid=(), idle-detection=(), local-fonts=(), magnetometer=(), midi=(), payment=(), publickey-credentials-get=(), \
    serial=(), storage-access=(), sync-xhr=(), usb=(), window-management=(), xr-spatial-tracking=()";

/// Responses that are not pages may load nothing at all.
const NOT_A_PAGE: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For a year no browser that was here over TLS comes without.
const STRICT_TRANSPORT_SECURITY_VALUE: &str = "max-age=31536000";

/// The headers that stand on every response, with the values that every one of them has.
fn on_every_response() -> [(HeaderName, &'static str); 5] {
    [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
        (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
        (PERMISSIONS_POLICY, PERMISSIONS),
    ]
}

/// Writes what stands on every response that is not a page as lines, each with its end, for responses that no router makes. With
/// a certificate that browsers take without a warning they are told to insist on HTTPS.
pub(crate) fn lines(certificate: Option<Issuer>) -> String {
    let mut headers = on_every_response().to_vec();
    headers.push((CONTENT_SECURITY_POLICY, NOT_A_PAGE));
    if certificate == Some(Issuer::Authority) {
        headers.push((STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY_VALUE));
    }
    headers
        .into_iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect()
}

/// Puts a header on every response that tells browsers to insist on HTTPS. Not for certificates that browsers only take
/// after a warning: with this header they offer no way past it.
pub(super) fn insist_on_https(router: Router) -> Router {
    router.layer(always(
        STRICT_TRANSPORT_SECURITY,
        STRICT_TRANSPORT_SECURITY_VALUE,
    ))
}

/// Puts the headers on every response, whatever it is.
pub(super) fn secure(router: Router) -> Router {
    let [types, referrer, opener, resource, permissions] =
        on_every_response().map(|(name, value)| always(name, value));
    router.layer((
        types,
        referrer,
        opener,
        resource,
        permissions,
        SetResponseHeaderLayer::if_not_present(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(NOT_A_PAGE),
        ),
    ))
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

/// Writes the policy of one rendered page. Some browsers do not count WebSockets to `'self'`, so the request's own host
/// is named for them; `reload` is the address of the development server's reload socket.
pub(super) fn page_policy(
    nonce: &str,
    request: &HeaderMap,
    reload: Option<&str>,
) -> Option<HeaderValue> {
    let host = request
        .get(axum::http::header::HOST)
        .and_then(|host| host.to_str().ok())
        .filter(|host| is_host(host));
    let sockets = host
        .map(|host| format!(" ws://{host} wss://{host}"))
        .unwrap_or_default();
    let reload = reload
        .map(|address| format!(" {address}"))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob:; media-src 'self' blob: mediastream:; font-src 'self'; \
         connect-src 'self'{sockets}{reload}; worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).ok()
}

/// Says whether the text can stand in a policy as a host and nothing else. Policies have no words for IPv6 addresses
/// (CSP Level 3 section 2.3.1): there `'self'` has to do.
fn is_host(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'_');
    (1..=255).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use axum::http::header::HOST;

    use super::*;

    fn policy(host: &'static str) -> String {
        let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
        page_policy("abc", &headers, None)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn scripts_need_the_nonce() {
        let policy = policy("example.org");
        assert!(policy.contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("unsafe-inline"));
        assert!(policy.contains("connect-src 'self' ws://example.org wss://example.org;"));
    }

    #[test]
    fn the_lines_are_whole_headers() {
        let lines = lines(None);
        assert!(lines.starts_with("x-content-type-options: nosniff\r\n"));
        assert!(lines.contains("\r\ncontent-security-policy: default-src 'none';"));
        assert!(lines.ends_with("\r\n") && !lines.contains("\r\n\r\n"));
        assert!(!lines.contains("strict-transport-security"));
        assert!(
            super::lines(Some(Issuer::Authority)).contains("strict-transport-security: max-age=")
        );
    }

    #[test]
    fn an_ipv6_address_is_not_named() {
        assert!(policy("[2001:db8::1]:3000").contains("connect-src 'self';"));
    }

    #[test]
    fn a_forged_host_adds_nothing_to_the_policy() {
        for host in ["evil.example; script-src *", "a b", "*", "'unsafe-inline'"] {
            assert!(policy(host).contains("connect-src 'self';"), "{host}");
        }
    }
}
