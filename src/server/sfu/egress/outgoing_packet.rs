//! A packet of somebody's media on its way to a receiver, before it is sealed.
//!
//! Invariant: its payload is the publisher's, shared by all who receive it; what differs is written over the copy that is sealed.

use std::sync::Arc;

use str0m::rtp::RtpPacket;

use super::super::picture_packet::{Patch, PicturePacket};
use super::super::rewriting::Rewritten;

/// The bit of the level's octet that says that somebody speaks (RFC 6464 §3).
const SPEAKS: u8 = 0x80;

/// A packet that is to go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::server::sfu) struct OutgoingPacket {
    /// The extended sequence number, as the receiver counts.
    pub(super) sequence: u64,
    /// The timestamp, in ticks of the format's clock.
    pub(super) timestamp: u32,
    /// The marker.
    pub(super) is_marked: bool,
    /// The payload, as the publisher sent it.
    pub(super) payload: Arc<[u8]>,
    /// What is written over a copy of it.
    pub(super) patch: Option<Patch>,
    /// The octet of the level, of a voice.
    pub(super) level: Option<u8>,
    /// The octet of the orientation, of a picture.
    pub(super) orientation: Option<u8>,
}

impl OutgoingPacket {
    /// Makes it of somebody's sound.
    pub(in crate::server::sfu) fn sound(packet: &RtpPacket, numbers: &Rewritten) -> Self {
        let values = &packet.header.ext_vals;
        let speaks = match values.voice_activity {
            Some(true) => SPEAKS,
            Some(false) | None => 0,
        };
        let level = values.audio_level;
        Self {
            sequence: numbers.sequence,
            timestamp: numbers.timestamp,
            is_marked: packet.header.marker,
            payload: packet.payload.clone(),
            patch: None,
            level: level.map(|level| speaks | level.unsigned_abs() & !SPEAKS),
            orientation: None,
        }
    }

    /// Makes it of somebody's picture.
    pub(in crate::server::sfu) fn picture(
        packet: &RtpPacket,
        picture: &PicturePacket,
        numbers: &Rewritten,
    ) -> Self {
        let orientation = packet.header.ext_vals.video_orientation;
        Self {
            sequence: numbers.sequence,
            timestamp: numbers.timestamp,
            is_marked: picture.marker,
            payload: packet.payload.clone(),
            patch: picture.patch(numbers),
            level: None,
            orientation: orientation.map(|orientation| orientation as u8),
        }
    }

    /// Appends the payload to a packet, with the numbers of the receiver.
    pub(super) fn write_payload(&self, packet: &mut Vec<u8>) {
        let beginning = packet.len();
        packet.extend_from_slice(&self.payload);
        if let Some((patch, payload)) = self.patch.zip(packet.get_mut(beginning..)) {
            patch.apply(payload);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A packet with this number and so many bytes of payload.
    pub(in crate::server::sfu::egress) fn packet(sequence: u64, length: usize) -> OutgoingPacket {
        OutgoingPacket {
            sequence,
            timestamp: u32::try_from(sequence & 0xffff).unwrap() * 3_000,
            is_marked: false,
            payload: vec![7; length].into(),
            patch: None,
            level: None,
            orientation: None,
        }
    }
}
