//! The way to a server as its clients take it: connections, certificates, the WebSocket of signaling, the goodbye without one.

pub(crate) mod address;
pub(crate) mod dial;
pub(crate) mod goodbye;
pub(crate) mod signaling;
pub(crate) mod verifier;
