//! A signaling connection, from its first message to its close, and what it forwards.

mod closing;
pub(crate) mod connection;
pub(crate) mod connections;
mod conversation;
mod ending;
mod forward;
mod rate_limit;
mod refusal;
mod sfu;
