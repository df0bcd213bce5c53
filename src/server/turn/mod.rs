//! STUN and TURN (RFC 8489, RFC 8656): what lets people call each other who cannot reach each other directly.
//!
//! The rules are in [`core`], without sockets and clocks; the sockets are around it. Invariant: closed by default.
//! Nobody without a seat opens a relay, and a relay reaches public addresses, this server's other relays and its SFU only.

mod announcement;
mod core;
mod io;
mod options;
mod running_relay;

pub(crate) use core::members::Members;
pub(crate) use core::realm::CREDENTIAL_LIFETIME;

pub(crate) use announcement::Announcement;
pub(crate) use io::{Choice, PortProbe, PortUse};
pub(crate) use options::TurnOptions;
pub(crate) use running_relay::{RelayedCalls, RunningRelay, start};
