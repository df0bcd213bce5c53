//! The chat of a call: messages to everyone or to one person, their receipts, and the conversation so far for those who
//! come late.
//!
//! Responsible for what is said on the `chat` channel. Invariant: text is text; nothing a peer writes is ever markup.

mod conversation;
mod correspondent;
mod entries;
mod entry;
mod hearing;
mod history;
mod link;
mod message;
#[cfg(test)]
mod simulation;
mod speaking;
mod text;

pub use conversation::{Attention, ChatEffect, ChatOrigin, Conversation};
pub use entries::{CONVERSATION_BYTES, CONVERSATION_MESSAGES};
pub use entry::{ChatEntry, Delivery, Origin, Receipt, Recipient};
pub use history::{HISTORY_BYTES, HISTORY_FRAME_BYTES, HISTORY_FRAME_ENTRIES};
pub use link::{Segment, linkify};
pub use message::{Addressed, ChatFrame, HistoryEntry, MessageId, WallTime};
pub(in crate::room) use text::count_emoji;
pub use text::{MESSAGE_CHARACTERS, MessageError, MessageText, sanitize};
