//! The chat: the conversation and what one says in it.

pub mod composer;
pub mod message;
pub mod panel;
mod time;
mod view;
mod window;

pub use panel::ChatPanel;
