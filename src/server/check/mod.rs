//! `visavis check`: tests a configuration before it is used, and a running server from outside.
//!
//! Invariant: every line says what is good, or what is not and what to do. Nothing of the configuration's secrets is
//! printed, and nothing is changed.

mod address;
mod configuration;
mod media;
mod outside;
mod own_media;
mod own_relay;
mod relay;
mod report;
mod room;
mod run;
mod sfu_answer;
mod stun;
mod target;
mod wire;

pub use report::CheckVerdict;
pub use run::run;
pub use target::CheckRequest;
