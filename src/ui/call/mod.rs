//! The call: the stage, and everything around it.

pub mod announcer;
pub mod arrows;
pub mod banner;
pub mod ended;
pub mod focus;
pub mod keyboard;
pub mod media_port;
pub mod more;
pub mod passage;
pub mod picture_in_picture;
pub mod reactions;
pub mod second_wasm;
pub mod side_panel;
pub mod toast;
pub mod toolbar;
pub mod view;

pub use view::CallView;
