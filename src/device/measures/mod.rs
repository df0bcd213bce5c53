//! What is measured of what arrives: pure counting of things that others see, with the times they say.
//!
//! Invariant: nothing in here reads a clock or waits, and nothing grows with the time of a measurement.

pub(crate) mod connection;
pub(crate) mod delays;
pub(crate) mod freezes;
pub(crate) mod meter;
pub(crate) mod packet;
pub(crate) mod run;
pub(crate) mod sequence;
pub(crate) mod tally;
