//! The one future that drives a device's visit: what happens in, what is decided out, as in the page.

pub(crate) mod announce;
pub(crate) mod announcing;
pub(crate) mod capturing;
pub(crate) mod choices;
pub(crate) mod clock;
pub(crate) mod driver;
pub(crate) mod hub;
pub(crate) mod input;
pub(crate) mod media;
pub(crate) mod network;
pub(crate) mod numbers;
pub(crate) mod options;
pub(crate) mod paths;
pub(crate) mod perform;
pub(crate) mod program;
pub(crate) mod roster;
pub(crate) mod signaling;
pub(crate) mod standing;
pub(crate) mod state_file;
pub(crate) mod termination;

#[cfg(test)]
mod tests;
