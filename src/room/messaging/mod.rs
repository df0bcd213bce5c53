//! Everything people say and send to each other beside their media: chat, files, live data, recording announcements and
//! application messages. One model: events in, effects out.

pub mod application;
pub mod channel;
pub mod chat;
pub(crate) mod event;
pub mod files;
pub(crate) mod frame;
pub(crate) mod inbound;
pub mod live;
pub(crate) mod outbound;
pub mod recipients;
pub mod recorders;
pub(crate) mod roster;
pub(crate) mod state;

pub use event::{MessagingAction, MessagingEvent};
