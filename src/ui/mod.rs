//! What people see: Leptos components, compiled for the server and for the browser.
//!
//! Responsible for showing the [`Session`](crate::session::Session) and for turning what people do into actions.
//! Invariant: the ui decides nothing about the room; it reads signals and asks for actions. Nothing here writes an inline
//! style into what the server renders, because the site's policy forbids it: measures are set on the elements.

pub mod call;
pub mod controls;
pub mod dialogs;
pub mod kit;
pub mod lobby;
pub mod open_panels;
pub mod page;
pub mod panels;
pub mod remote_audio;
pub mod stage;
pub mod words;

pub use kit::early_form::EARLY_SCRIPT;
