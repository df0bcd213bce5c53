//! A participant without a browser: `visavis join` takes part in a room for a program, a sensor or a camera, `visavis load` for many at
//! once, to measure.
//!
//! It drives the same [`Visit`](crate::room::Visit) as the page does, so that every rule of the page holds here: what the model
//! wants is performed with a WebSocket, with WebRTC connections of a library, and with lines of JSON in the place of a page.
//! Invariant: nothing in here decides what `room` decides, and nothing of it is in the wasm.

#[cfg(test)]
pub(crate) mod chance;
pub(crate) mod connection;
pub(crate) mod engine;
pub mod exit;
pub mod join;
pub(crate) mod lines;
pub mod load;
pub(crate) mod measures;
pub(crate) mod media;
pub(crate) mod socket;
pub(crate) mod words;
