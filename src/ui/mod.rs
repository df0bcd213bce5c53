//! What people see: Leptos components, compiled for the server and for the browser.
//!
//! Responsible for showing the [`Session`](crate::session::Session) and for turning what people do into wishes.
//! Invariant: the ui decides nothing about the room; it reads signals and sends wishes. Nothing here writes an inline
//! style into what the server renders, because the site's policy forbids it: measures are set on the elements.

pub mod announcer;
pub mod audience;
pub mod avatar;
pub mod banner;
pub mod brand;
pub mod call;
pub mod camera_picture;
pub mod chat;
pub mod check;
pub mod connection_panel;
pub mod device_menu;
pub mod dialog;
pub mod early;
pub mod failure;
pub mod figures;
pub mod files;
pub mod fresh;
pub mod full_screen;
pub mod icon;
pub mod inside;
pub mod later;
pub mod layout_dialog;
pub mod left;
pub mod level_meter;
pub mod lobby;
pub mod measure;
pub mod more;
pub mod name_field;
pub mod page;
pub mod pager;
pub mod panels;
pub mod people;
pub mod picture_in_picture;
pub mod pointers;
pub mod popover;
pub mod preview;
pub mod privacy;
pub mod problem;
pub mod push_to_talk;
pub mod quality;
pub mod reactions;
pub mod record;
pub mod screen_tile;
pub mod settings;
pub mod share;
pub mod shortcuts;
pub mod side_panel;
pub mod stage;
pub mod status;
pub mod tile;
pub mod tile_tools;
pub mod toast;
pub mod toggles;
pub mod tool_button;
pub mod toolbar;
pub mod voices;
pub mod words;

pub use early::EARLY_SCRIPT;
