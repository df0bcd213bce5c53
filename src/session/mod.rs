//! The seam between the ui and whatever drives the room.
//!
//! Invariant: the ui reads signals and asks for actions; the engine performs actions and writes signals. Neither names the
//! other. On the server nobody takes the actions, and every signal keeps its default, which is a lobby.

pub mod action;
pub mod files;
pub mod messaging;
pub mod notices;
pub mod recording;
mod signals;
mod time;
pub mod visit;

pub use action::{Action, Actions};
pub use notices::ShownNotice;
pub use signals::{FULL_VOLUME, Session, Sound, Voice};
