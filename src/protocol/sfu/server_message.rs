//! What the server says to those who speak to the SFU, and to nobody else.

use super::availability::SfuAvailability;
use super::send::SfuSend;
use super::slots::SlotMap;
use super::terms::{SfuReason, SfuUse};
use crate::protocol::fields::deserialize_by_reading;
use crate::protocol::id::PeerId;
use crate::protocol::message::message;

message! {
    /// What the server says about the SFU. Its answers are those of a peer: [`crate::protocol::ServerMessage::Answer`].
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum SfuMessage {
        /// The room goes through the SFU from now on, or does not any more.
        Use = "sfu" {
            /// Which of the two.
            r#use: SfuUse = "use",
            /// The number of this decision; the highest counts.
            number: u32 = "number",
            /// Why.
            why: SfuReason = "why",
        },
        /// Somebody stands otherwise with the SFU.
        Peer = "peer-sfu" {
            /// Who.
            peer: PeerId = "peer",
            /// How they stand with it now.
            sfu: SfuAvailability = "sfu",
        },
        /// Who is where.
        Slots = "slots" (SlotMap),
        /// What of the client is wanted.
        Send = "send" (SfuSend),
    }
}

deserialize_by_reading!(SfuMessage);
