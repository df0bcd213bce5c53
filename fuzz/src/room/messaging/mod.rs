//! Application messages, without the people.

#[expect(dead_code, reason = "nothing is sent here")]
#[path = "../../../../src/room/messaging/application.rs"]
pub(crate) mod application;
pub(crate) mod channel;
#[expect(dead_code, reason = "nothing is sent here")]
#[path = "../../../../src/room/messaging/recipients.rs"]
pub(crate) mod recipients;
