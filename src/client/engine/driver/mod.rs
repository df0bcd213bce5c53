//! The driver: actions and reports in, effects out, one at a time and in order.

mod address;
mod applications;
mod call;
mod engine;
mod files;
mod listeners;
mod media;
mod messaging;
mod recording;
mod run;
mod screen;
mod stage;

pub use run::start;
