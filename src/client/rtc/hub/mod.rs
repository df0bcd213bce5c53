//! The sections of the connection to the SFU: four that send, and slots that receive whoever is put into them. All of it but
//! the words in `shape.rs` comes with the second wasm.

mod connection_shape;
mod sections;
pub(crate) mod shape;
mod steering;

pub(crate) use connection_shape::ConnectionShape;
