//! The chat of a call: messages to everyone or to one person, their receipts, and the conversation so far for those who
//! come late.
//!
//! Responsible for what is said on the `chat` channel. Invariant: text is text; nothing a peer writes is ever markup.

pub(crate) mod change;
pub(crate) mod conversation;
pub(crate) mod correspondent;
pub(crate) mod deadline;
pub(crate) mod entries;
pub(crate) mod entry;
pub(crate) mod hearing;
pub(crate) mod history;
pub(crate) mod link;
pub(crate) mod message;
pub(crate) mod receipts;
#[cfg(test)]
pub(crate) mod simulation;
pub(crate) mod speaking;
pub(crate) mod text;

pub use change::EntryChange;
pub use conversation::Attention;
pub use entry::{ChatEntry, Delivery, Origin};
pub use link::{Segment, linkify};
pub use message::WallTime;
pub use text::MessageText;

pub use crate::room::channel::Addressed;
