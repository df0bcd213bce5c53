//! The engine: one future that drives a visit in the browser.
//!
//! Responsible for performing what the model decides and for telling it what the browser did. Each part owns what it needs
//! and knows none of its neighbours but those it is handed; the [`driver`] owns the parts and says what one means to another.

mod attention;
mod company;
mod connections;
mod driver;
mod errands;
mod memory;
mod own_tracks;
mod page;
mod quality;
mod recordings;
mod scene;
mod shown_files;
mod signaling;
mod voices;

pub use driver::start;
