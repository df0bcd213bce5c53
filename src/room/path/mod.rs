//! How media reaches a person over a connection: negotiation, silence, repair, and what to say of it.

pub(crate) mod diagnosis;
pub mod negotiation;
pub(crate) mod recovery;
pub(crate) mod stall;
