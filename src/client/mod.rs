//! Everything that touches the browser; compiled for the browser alone.
//!
//! Responsible for performing what the room model decides and for reporting what the browser does. Invariant: one
//! future, [`engine::start`], owns the socket, the connections, the devices and every listener; dropping it lets go of
//! all of them. A callback of the browser does nothing but report.

mod applications;
mod audio;
mod browser;
mod capture;
mod connection_test;
pub mod engine;
mod files;
mod recorder;
mod report;
mod rtc;
mod second_wasm;
mod socket;

pub(crate) use browser::environment::has_sfu;
