//! The fuzz targets. Each takes any bytes and stops the program when the rules of the server, or of a device, do not hold.
//!
//! The sources are compiled in as they are, without what they do not need: no sockets, no clock, no pages. So
//! a build takes a minute, and nothing of the server has to be public for the sake of this.

mod device;
#[expect(dead_code, reason = "nobody waits here")]
#[path = "../../src/pace.rs"]
mod pace;
#[expect(
    dead_code,
    unused_imports,
    reason = "the server's half of the protocol is enough here"
)]
#[path = "../../src/protocol/mod.rs"]
mod protocol;
mod room;
mod script;
mod server;

pub use device::{lines, media};
pub use server::sfu::{sfu_datagrams, sfu_messages, sfu_offers, sfu_pictures};
pub use server::signaling;
pub use server::turn::{channel_data, stun, turn};
