//! The ICE servers that clients are told: those of the operator, in order, with credentials that still last.

pub(crate) mod precall;
mod servers;
mod shared_secret;
mod static_server;

pub(crate) use servers::{IceServers, Lifetime, SharedRelays};
pub(crate) use shared_secret::{RelayUrl, SharedSecret};
pub(crate) use static_server::IceServerOption;
