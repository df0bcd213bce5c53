//! The check of the connection, in a dialog.

pub mod copy;
pub mod step;
pub mod view;

pub use view::{CheckButton, CheckDialog, CheckView, LobbyCheck};
