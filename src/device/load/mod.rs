//! `visavis load`: many participants from one process, who measure what a server, the network and this machine make of them.
//!
//! Each is a device like any other, driven by the same engine and the same model. Invariant: what is decided here (who joins when,
//! who sends what, what a figure is) is decided by pure code; nothing here speaks the protocol.

pub mod arguments;
pub(crate) mod crew;
pub(crate) mod ear;
pub(crate) mod open_files;
pub(crate) mod participant;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod roll;
pub mod run;
pub(crate) mod schedule;
pub(crate) mod shared;
pub(crate) mod table;
pub(crate) mod usage;
pub(crate) mod words;
