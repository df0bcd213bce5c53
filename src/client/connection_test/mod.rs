//! The check of the connection, step by step.

mod course;
mod end;
mod gathering;
mod media;
mod relay;
mod run;
mod server;
mod socket;
mod wait;

pub(crate) use run::run;
