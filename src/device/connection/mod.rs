//! One WebRTC connection to one person or to the SFU, on a library that does no input and output of its own.
//!
//! Each connection is a task with a bounded queue towards it and one shared by all back. A peer that breaks something (the
//! library included) ends its own connection and nothing else.

pub(crate) mod agent;
pub(crate) mod agreed_channels;
pub(crate) mod binding;
pub(crate) mod candidates;
pub(crate) mod channels;
pub(crate) mod gathering;
pub(crate) mod handle;
pub(crate) mod host;
pub(crate) mod latest;
pub(crate) mod layout;
pub(crate) mod library;
pub(crate) mod liveliness;
pub(crate) mod orders;
#[cfg(test)]
#[path = "tests/pairing.rs"]
mod pairing;
pub(crate) mod pictures;
pub(crate) mod relay;
pub(crate) mod report;
pub(crate) mod sections;
pub(crate) mod task;
pub(crate) mod traffic;
pub(crate) mod turn_wire;
pub(crate) mod uplink;
pub(crate) mod wires;
