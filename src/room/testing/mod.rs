//! What the tests of the room share: a fixture, chance by seed, what holds a model to its deadlines, and the simulation of
//! many people, with and without the SFU.

pub(crate) mod agenda;
pub(crate) mod deadline;
pub(crate) mod fixture;
pub(crate) mod simulation;
pub(crate) mod switching;
pub(crate) mod visiting;
