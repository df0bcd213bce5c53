//! Live data: pointers, reactions and application messages that may get lost.

pub(crate) mod frame;
pub(crate) mod pointer;
pub(crate) mod state;

pub use frame::{Emoji, Position};
pub use pointer::Pointer;
pub use state::{REACTIONS, Reaction};
