//! The engine in a network that is only thought of, in model time.

mod crowd;
mod day;
mod world;
