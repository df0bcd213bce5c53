//! A signaling connection, from its first message to its close, and what it forwards.

pub(crate) mod connection;
pub(crate) mod connections;
pub(crate) mod forward;
pub(crate) mod rate_limit;
