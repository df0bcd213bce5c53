//! What goes out to a receiver: others' sound and pictures, sealed, paced, and sent again where they were missed.
//!
//! The library that speaks ICE, DTLS and SCTP would look through all streams for every packet; here a packet costs what is to be
//! done for it. Invariant: nothing is allocated for a packet besides its datagram, whose memory was another's before.

mod exit;
mod header;
mod kept;
mod nameable;
mod ntp_clock;
mod outgoing_packet;
mod pacer;
mod padding;
mod probe;
mod receiver;
mod reporting;
#[cfg(test)]
#[path = "tests/sender.rs"]
pub(super) mod sender;
mod sent_window;
mod stream;
mod tally;

pub(super) use exit::Exit;
pub(super) use header::ExtensionIds;
pub(super) use ntp_clock::NtpClock;
pub(super) use outgoing_packet::OutgoingPacket;
pub(super) use receiver::Egress;
pub(super) use stream::{Format, StreamPlan};
