//! Which path leads where.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::LeptosOptions;

use super::assets::SiteAssets;
use super::layers::guarded;
use super::pages::Pages;
use super::public_host::{HEALTH, only_public};
use super::state::ServerState;
use super::{function_requests, headers, leave, pages, websocket};
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
    let pages = Pages::new(options, assets, state.has_sfu);
    let counting = from_fn_with_state((Arc::clone(state), Arc::clone(&pages)), count_request);
    let functions = post(function_requests::call).layer(counting);
    let router = Router::new()
        .route("/ws", get(websocket::upgrade))
        .route("/api/leave", post(leave::leave).layer(leave::body_limit()))
        .route("/api/{*function}", functions)
        .with_state(Arc::clone(state))
        .route(HEALTH, get(async || "ok"))
        .fallback(pages::page)
        .with_state(pages);
    let router = guarded(only_public(router, state.origins.public.clone()));
    match certificate {
        Some(Issuer::Authority) => headers::insist_on_https(router),
        Some(Issuer::Ourselves) | None => router,
    }
}

/// Lets a request through to a server function, or says that its address asks too often; before its body is read.
async fn count_request(
    State((server, pages)): State<(Arc<ServerState>, Arc<Pages>)>,
    request: Request,
    next: Next,
) -> Response {
    match server.functions.count(&request, &server.proxies) {
        Ok(()) => next.run(request).await,
        Err(too_often) => pages::asked_too_often(&pages, too_often, request).await,
    }
}
