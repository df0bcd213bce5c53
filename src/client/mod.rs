//! Everything that touches the browser; compiled for the browser alone.
//!
//! Responsible for performing what the room model decides and for reporting what the browser does. Invariant: one
//! future, [`engine::start`], owns the socket, the connections, the devices and every listener; dropping it lets go of
//! all of them. A callback of the browser does nothing but report.

mod applications;
mod asking;
mod capture;
mod channels;
mod check;
mod clipboard;
mod clock;
mod connection;
mod constraints;
mod ear;
pub mod engine;
mod environment;
mod files;
mod js;
mod later;
mod levels;
mod listener;
mod object_url;
mod peer;
mod prefs;
mod recorder;
mod report;
mod screen;
mod socket;
mod stats;
mod timer;
mod tones;
mod transceivers;
mod wake_lock;
