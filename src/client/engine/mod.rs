//! The engine: one future that drives a visit in the browser.
//!
//! Responsible for handing the model what happens and for performing what it decides. Invariant: nothing is decided here;
//! each part owns what it holds of the browser and knows none of its neighbours but those it is handed.

mod awake;
mod connections;
mod driver;
mod errands;
mod lines;
mod own_tracks;
mod page;
mod readings;
mod recordings;
mod shown_files;
mod signaling;
mod sounds;
mod voices;

pub use driver::start;
