//! What is served over HTTP: pages, assets, and the upgrade to the signaling WebSocket.

pub mod assets;
pub(crate) mod headers;
pub(crate) mod origin;
pub(crate) mod pages;
pub(crate) mod redirect;
pub(crate) mod state;
pub(crate) mod websocket;
