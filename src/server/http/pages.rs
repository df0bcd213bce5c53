//! The rendered pages, with the status each deserves.
//!
//! Invariant: 200 goes to the home page and to rooms that can exist; everything else is rendered too, as a page that
//! helps, with 404, or 429 where too many rooms are started. No page is cached: each has a nonce of its own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use leptos::nonce::use_nonce;
use leptos::prelude::{LeptosOptions, use_context};
use leptos_axum::{ResponseOptions, render_app_async_with_context};

use super::assets::SiteAssets;
use super::function_rates::AskedTooOften;
use super::function_requests::wants_page;
use super::headers::page_policy;
use crate::app::{self, Address};

/// What rendering needs.
pub(super) struct Pages {
    /// Leptos learns from these where the page's scripts and styles stand.
    options: LeptosOptions,
    /// A file of the site is tried before anything is rendered.
    assets: SiteAssets,
    /// Calls may go through this server.
    has_sfu: bool,
    /// While developing, `cargo leptos watch` listens here to tell the page to reload; `None` otherwise.
    reload: Option<String>,
}

impl Pages {
    /// Makes pages whose scripts and styles stand where the options say, of a server with or without an SFU.
    pub(crate) fn new(options: LeptosOptions, assets: SiteAssets, has_sfu: bool) -> Arc<Self> {
        let watched = std::env::var_os("LEPTOS_WATCH").is_some();
        let reload = watched.then(|| {
            let port = options.reload_external_port.unwrap_or(options.reload_port);
            format!("ws://{}:{port}", options.site_addr.ip())
        });
        Arc::new(Self {
            options,
            assets,
            has_sfu,
            reload,
        })
    }
}

/// Answers with a file of the site, or renders whatever was asked for.
pub(super) async fn page(State(pages): State<Arc<Pages>>, request: Request) -> Response {
    let path = request.uri().path();
    if let Some(response) = pages
        .assets
        .respond(request.method(), path, request.headers())
    {
        return response;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let allow = [(ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (
            StatusCode::METHOD_NOT_ALLOWED,
            allow,
            "Pages can only be read.",
        )
            .into_response();
    }
    let status = match destination(path) {
        Destination::Page => StatusCode::OK,
        Destination::Nowhere => StatusCode::NOT_FOUND,
        Destination::Elsewhere(path) => {
            let location = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
            return (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response();
        }
    };
    rendered(&pages, request, status).await
}

/// Answers a request that comes too often: a person gets a page, a program a line of text.
pub(super) async fn asked_too_often(
    pages: &Arc<Pages>,
    too_often: AskedTooOften,
    request: Request,
) -> Response {
    let plain = too_often.into_response();
    let has_page = Address::of(request.uri().path()) == Address::TooManyRooms;
    if !has_page || !wants_page(request.headers()) {
        return plain;
    }
    let mut response = rendered(pages, request, plain.status()).await;
    if let Some(after) = plain.headers().get(RETRY_AFTER) {
        response.headers_mut().insert(RETRY_AFTER, after.clone());
    }
    response
}

/// Renders the page of the request's path, with this status.
async fn rendered(pages: &Arc<Pages>, request: Request, status: StatusCode) -> Response {
    let context = {
        let pages = Arc::clone(pages);
        move || allow_nonce(&pages)
    };
    let options = pages.options.clone();
    let path = request.uri().path().to_owned();
    let has_sfu = pages.has_sfu;
    let document = move || app::shell(options.clone(), &path, has_sfu);
    let render = render_app_async_with_context(context, document);
    let mut response: Response<Body> = render(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Debug, PartialEq, Eq)]
enum Destination {
    Page,
    Nowhere,
    Elsewhere(String),
}

/// Every room has one address: another way of writing it leads there.
fn destination(path: &str) -> Destination {
    let shorter = path
        .strip_suffix('/')
        .filter(|rest| rest.starts_with("/r/"));
    match Address::of(shorter.unwrap_or(path)) {
        Address::Home => Destination::Page,
        Address::Room(room) => match format!("/r/{room}") {
            own if own == path => Destination::Page,
            own => Destination::Elsewhere(own),
        },
        Address::ImpossibleRoom { .. } | Address::TooManyRooms | Address::Nowhere => {
            Destination::Nowhere
        }
    }
}

/// Runs while a page is being rendered: the response's policy allows the nonce of its scripts.
fn allow_nonce(pages: &Pages) {
    if let (Some(nonce), Some(parts), Some(response)) = (
        use_nonce(),
        use_context::<Parts>(),
        use_context::<ResponseOptions>(),
    ) && let Some(policy) =
        page_policy(&nonce.to_string(), &parts.headers, pages.reload.as_deref())
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_page_and_possible_rooms_are_found() {
        for path in ["/", "/r/team-standup", "/r/abc"] {
            assert_eq!(destination(path), Destination::Page, "{path}");
        }
    }

    #[test]
    fn impossible_rooms_and_other_paths_are_not() {
        for path in [
            "/r",
            "/r/",
            "/r/ab",
            "/r/Team",
            "/r/a%20b",
            "/r/abc/def",
            "/r/abc//",
            "/other",
            "//",
            "/r//",
        ] {
            assert_eq!(destination(path), Destination::Nowhere, "{path}");
        }
    }

    #[test]
    fn a_trailing_slash_leads_to_the_room() {
        assert_eq!(
            destination("/r/abc/"),
            Destination::Elsewhere("/r/abc".into())
        );
    }

    #[test]
    fn a_name_in_other_writing_leads_to_the_room() {
        for path in ["/r/%61bc", "/r/%61%62%63/"] {
            assert_eq!(
                destination(path),
                Destination::Elsewhere("/r/abc".into()),
                "{path}"
            );
        }
    }
}
