//! The fuzz targets. Each takes any bytes and stops the program when the server's rules do not hold.
//!
//! The server's sources are compiled in as they are, without what they do not need: no sockets, no clock, no pages. So
//! a build takes a minute, and nothing of the server has to be public for the sake of this.

#[expect(
    dead_code,
    unused_imports,
    reason = "the server's half of the protocol is enough here"
)]
#[path = "../../src/protocol/mod.rs"]
mod protocol;
mod server;

pub use server::signaling;
pub use server::turn::{channel_data, stun, turn};
