//! What the tests of the room share: a fixture, and the simulation of many people.

pub(crate) mod fixture;
pub(crate) mod simulation;
