//! The chat: the conversation and what one says in it.

pub mod composer;
pub mod message;
pub mod panel;
mod time;

pub use panel::ChatPanel;
