//! The driver: what happens goes into the model, and what the model decides is performed, one at a time and in order.

mod actions;
mod channels;
mod devices;
mod engine;
mod hub;
mod input;
mod listeners;
mod paths;
mod perform;
mod reports;
mod run;
mod show;

pub use run::start;
