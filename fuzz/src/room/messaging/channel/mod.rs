//! What travels on a channel.

#[expect(dead_code, reason = "nothing is sent here")]
#[path = "../../../../../src/room/messaging/channel/frame.rs"]
pub(crate) mod frame;

pub(crate) use crate::room::channel::Reliability;
