//! What switches something: buttons of a call, keyboard shortcuts, menus of devices.

pub mod device_menu;
pub mod keys;
pub mod push_to_talk;
pub mod share;
pub mod shortcuts;
pub mod toggles;
