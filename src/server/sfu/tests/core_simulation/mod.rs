//! Whole calls over a shard: real WebRTC clients, a bad line between them and the SFU, and time that is made up.

mod client;
mod line;
mod marks;
mod offers;
mod publisher;
mod reception;
mod saying;
mod signaling;
mod stories;
mod world;
