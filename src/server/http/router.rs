//! Which path leads where, and what every response has in common.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::from_fn;
use axum::routing::{get, post};
use leptos::prelude::{LeptosOptions, provide_context};

use super::assets::SiteAssets;
use super::pages::Pages;
use super::state::ServerState;
use super::{headers, pages, websocket};
use crate::server::net::listener;
use crate::server::net::tls::Issuer;

/// Most bytes of a request's body; no form is larger.
const BODY_BYTES: usize = 16 * 1024;

/// Serves everything there is, at this address, with a certificate of this issuer if with any.
pub(crate) fn router(
    state: &Arc<ServerState>,
    address: SocketAddr,
    certificate: Option<Issuer>,
) -> Router {
    let assets = SiteAssets::load();
    let options = LeptosOptions::builder()
        .output_name("visavis")
        .site_addr(address)
        .site_pkg_dir(assets.package_dir())
        .build();
    let pages = Pages::new(options, assets);
    let shared = Arc::clone(state);
    let functions = move |request: Request| {
        let shared = Arc::clone(&shared);
        let context = move || provide_context(Arc::clone(&shared));
        leptos_axum::handle_server_fns_with_context(context, request)
    };
    let router = Router::new()
        .route("/ws", get(websocket::upgrade))
        .with_state(Arc::clone(state))
        .route("/healthz", get(async || "ok"))
        .route("/api/{*function}", post(functions))
        .fallback(pages::page)
        .with_state(pages)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn(listener::limit_time))
        .layer(from_fn(headers::secure));
    match certificate {
        Some(Issuer::Authority) => router.layer(from_fn(headers::insist_on_https)),
        Some(Issuer::Ourselves) | None => router,
    }
}
