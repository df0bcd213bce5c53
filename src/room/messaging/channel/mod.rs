//! The data channels between two people: what travels on which, how large, and how fast.
//!
//! Responsible for naming the channels and for policing what arrives on them. Invariant: nothing a person sends reaches
//! the models behind a channel without having passed its [`Guard`]. The channels belong to *people*: the same frames
//! may travel over a mesh connection or through a server.

pub(crate) mod frame;
pub(crate) mod guard;

pub use frame::Frame;

pub use crate::pace::{Allowance, TokenBucket};
pub use crate::room::channel::{Channel, Reliability};
