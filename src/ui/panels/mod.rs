//! The panels beside the stage.

pub mod chart;
pub mod chat;
pub mod connection;
pub mod devices;
pub mod files;
pub mod passage;
pub mod people;
mod people_search;
pub mod recipients;
pub mod volume;
