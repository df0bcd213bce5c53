//! The lobby of a room: what is looked at and set before joining.

pub mod attendance;
pub mod name_field;
pub mod preview;
pub mod server_note;
pub mod view;

pub use view::LobbyView;
