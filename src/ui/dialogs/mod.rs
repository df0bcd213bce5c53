//! The dialogs of a call.

pub mod connection_test;
pub mod layout;
pub mod privacy;
pub mod record;
pub mod settings;
