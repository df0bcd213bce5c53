//! Which path leads where.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::{get, post};
use leptos::prelude::{LeptosOptions, provide_context};

use super::assets::SiteAssets;
use super::layers::guarded;
use super::pages::Pages;
use super::state::ServerState;
use super::{headers, pages, websocket};
use crate::server::net::tls::Issuer;

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
        .with_state(pages);
    let router = guarded(router);
    match certificate {
        Some(Issuer::Authority) => headers::insist_on_https(router),
        Some(Issuer::Ourselves) | None => router,
    }
}
