//! The running relay: its sockets, and the tasks and threads that read them.

mod addresses;
mod departures;
mod endpoint;
mod framing;
mod from_media;
mod listening;
mod machine;
mod outbox;
mod relay;
mod server;
mod socket;
mod stream;
mod streams;
mod threads;

pub(super) use addresses::Addresses;
pub(crate) use listening::{Choice, PortProbe, PortUse};
pub(super) use listening::{open, open_secure};
pub(super) use relay::Premises;
pub(super) use server::TurnServer;
