//! The panels beside the stage.

pub mod chat;
pub mod connection;
pub mod files;
pub mod people;
pub mod recipients;
