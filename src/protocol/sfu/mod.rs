//! What a client and the SFU say to each other besides descriptions: who is watched, which slot carries whom, and which
//! layers anybody wants.
//!
//! Invariant: each of these messages is a whole state with a number, never a change of one, so that only the newest counts.

mod availability;
mod layer;
mod send;
mod server_message;
mod slots;
mod terms;
#[cfg(test)]
#[path = "tests/messages.rs"]
mod tests;
mod track;
mod watch;

pub use availability::{SfuAvailability, SfuFault};
pub use layer::Layer;
pub use send::SfuSend;
pub use server_message::SfuMessage;
pub use slots::{Slot, SlotMap};
pub use terms::{SfuReason, SfuTerms, SfuUse};
pub use track::Track;
pub use watch::{PictureWish, ViewedSize, Watch};
