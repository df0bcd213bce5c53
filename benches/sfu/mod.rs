//! Rooms full of people for the figures of an SFU: what they send and take, through which server, and what came of it.
//!
//! Invariant: everybody lives on one thread, and is no other for one server than for another.

mod arrivals;
pub(crate) mod case;
mod client;
pub(crate) mod contender;
pub(crate) mod crowd;
mod descriptions;
mod histogram;
mod janus;
pub(crate) mod measuring;
mod payload;
pub(crate) mod processors;
pub(crate) mod report;
mod roles;
mod sending;
mod signaling;
mod visavis;
