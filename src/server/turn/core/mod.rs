//! The relay's rules without its sockets: bytes come in with a time, and what is to be done comes out.
//!
//! Invariant: nothing is remembered of anybody who has not proved who they are, but for a stream while they hold it open; every
//! step costs the same however many allocations there are.

pub(crate) mod accounts;
mod allocation;
pub(crate) mod answer;
mod authentication;
mod embedded;
pub(crate) mod five_tuple;
mod host;
pub(crate) mod members;
mod messages;
pub(crate) mod meter;
mod methods;
pub(crate) mod nonce;
pub(crate) mod peer_filter;
pub(crate) mod ports;
pub(crate) mod realm;
mod request;
mod rules;
mod shares;
pub(crate) mod waiting;

pub(super) use host::{Family, Host, NoRelay, Parity};
pub(super) use messages::CoreStep;
pub(super) use rules::{Core, Rules};

#[cfg(test)]
#[path = "tests/core.rs"]
mod tests;
