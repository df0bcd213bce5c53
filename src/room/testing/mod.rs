//! What the tests of the room share: a fixture, chance by seed, and the simulation of many people.

pub(crate) mod fixture;
pub(crate) mod random;
pub(crate) mod simulation;
