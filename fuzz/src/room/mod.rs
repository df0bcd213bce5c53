//! The words of the room that the lines of a device are written in.

#[expect(dead_code, reason = "lines name only how reliable a channel is")]
#[path = "../../../src/room/channel.rs"]
pub(crate) mod channel;
pub(crate) mod messaging;
#[expect(dead_code, reason = "nobody waits here")]
#[path = "../../../src/room/moment.rs"]
pub(crate) mod moment;

pub(crate) use moment::Moment;
