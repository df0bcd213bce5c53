//! What is served over HTTP: pages, assets, and the upgrade to the signaling WebSocket.

mod assets;
pub(crate) mod function_rates;
mod function_requests;
pub(crate) mod functions;
pub(crate) mod headers;
mod layers;
mod leave;
mod pages;
mod public_host;
pub(crate) mod redirect;
pub(crate) mod router;
pub(crate) mod state;
mod websocket;
