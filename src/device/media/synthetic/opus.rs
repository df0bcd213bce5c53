//! Packets of sound that are made up: a tone, then silence, by turns.
//!
//! Invariant: each is a packet of Opus that every decoder takes (RFC 6716): what does not belong to the sound is padding.

use super::stamp::STAMP_BYTES;

/// So many packets each second: each has 20 ms.
pub(crate) const PACKETS_PER_SECOND: u32 = 50;

/// So many packets of a tone are followed by as many of silence.
const A_TURN: u64 = 2 * PACKETS_PER_SECOND as u64;

/// Mono, wide band, 20 ms, of any number of frames (RFC 6716 section 3.1).
const TABLE_OF_CONTENTS: u8 = 23 << 3 | 3;

/// One frame, and padding behind it (RFC 6716 section 3.2.5).
const ONE_FRAME_AND_PADDING: u8 = 1 << 6 | 1;

/// 20 ms of a tone of 400 Hz as libopus encodes it with 24 kbit/s. The tone has whole waves in it, so that it goes on without a click.
const TONE: [u8; 59] = [
    0xad, 0x6d, 0xc1, 0xa6, 0xba, 0x20, 0xc9, 0x95, 0xd8, 0x18, 0xee, 0x12, 0x3d, 0x3c, 0x79, 0x19,
    0x44, 0xb0, 0xf6, 0xa1, 0x29, 0xbd, 0xdb, 0x58, 0xfa, 0xca, 0x32, 0x1e, 0x0b, 0xfc, 0x2d, 0xcd,
    0x7f, 0x7f, 0x75, 0xa4, 0x02, 0x7b, 0x45, 0xb4, 0x0b, 0xb2, 0x13, 0x04, 0x32, 0xec, 0x63, 0x41,
    0x96, 0x8e, 0x13, 0x4f, 0x7e, 0xd2, 0x5d, 0x20, 0x64, 0xc1, 0xb9,
];

/// A frame of silence as libopus encodes it.
const SILENCE: [u8; 2] = [0xff, 0xfe];

/// The packet with this number, which bears this stamp.
pub(crate) fn packet(number: u64, stamp: [u8; STAMP_BYTES]) -> Vec<u8> {
    let frame = if (number / A_TURN).is_multiple_of(2) {
        TONE.as_slice()
    } else {
        SILENCE.as_slice()
    };
    let mut packet = Vec::with_capacity(3 + frame.len() + STAMP_BYTES);
    packet.push(TABLE_OF_CONTENTS);
    packet.push(ONE_FRAME_AND_PADDING);
    packet.push(STAMP_BYTES as u8);
    packet.extend_from_slice(frame);
    packet.extend_from_slice(&stamp);
    packet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::media::ogg_opus::duration;

    #[test]
    fn a_packet_lasts_as_long_as_it_says_and_ends_with_its_stamp() {
        for number in [0, A_TURN, 2 * A_TURN] {
            let packet = packet(number, [7; STAMP_BYTES]);
            assert_eq!(
                duration(&packet) * PACKETS_PER_SECOND,
                std::time::Duration::from_secs(1)
            );
            assert!(packet.ends_with(&[7; STAMP_BYTES]));
            assert_eq!(usize::from(packet[2]), STAMP_BYTES, "which is padding");
        }
    }

    #[test]
    fn a_tone_and_silence_take_turns() {
        let lengths = [0, A_TURN - 1, A_TURN, 2 * A_TURN - 1, 2 * A_TURN]
            .map(|number| packet(number, [0; STAMP_BYTES]).len() - 3 - STAMP_BYTES);
        assert_eq!(lengths, [59, 59, 2, 2, 59]);
    }
}
