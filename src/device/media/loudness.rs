//! How loud a packet of sound is, as it is said beside it (RFC 6464).
//!
//! A device passes on what others encoded, and does not decode it: it says what shows in a packet of Opus without that. Invariant: what is
//! silence to the encoder never counts as a voice.

/// How loud a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loudness {
    /// The level in dBov, -127 to 0.
    pub(crate) level: i8,
    /// Somebody may speak in it.
    pub(crate) is_voice: bool,
}

/// Frames of SILK in one frame of Opus, of 10, 20, 40 and 60 ms (RFC 6716 section 4.2.2).
const SILK_FRAMES: [u32; 4] = [1, 1, 2, 3];

impl Loudness {
    /// Nothing is heard.
    const SILENCE: Self = Self {
        level: -127,
        is_voice: false,
    };

    /// Something is heard in which the encoder found no voice.
    const BACKGROUND: Self = Self {
        level: -60,
        is_voice: false,
    };

    /// Something is heard, and how loud it is nobody knows. It is louder than the noise of a room, and so much less loud than people
    /// who speak that whoever does is taken for the louder one: four devices that are never silent must not drown everybody else.
    const SOUND: Self = Self {
        level: -35,
        is_voice: true,
    };

    /// How loud a packet of Opus is. Of several frames in it the first stands for all.
    pub(crate) fn of(packet: &[u8]) -> Self {
        let Some((&contents, rest)) = packet.split_first() else {
            return Self::SILENCE;
        };
        let frame = first_frame(contents & 3, rest).unwrap_or_default();
        // A frame of one byte or none stands for silence that is not sent (RFC 6716 section 2.1.9).
        let [first, second, ..] = *frame else {
            return Self::SILENCE;
        };
        let configuration = contents >> 3;
        if configuration >= 16 {
            // CELT begins with a bit for silence, whose likelihood is 2^-15 (RFC 6716 section 4.3).
            let is_silence = first == u8::MAX && second >= 0xfe;
            return if is_silence {
                Self::SILENCE
            } else {
                Self::SOUND
            };
        }
        // SILK begins with whether each of its frames has a voice, then whether there is redundancy; then the same of the side channel
        // (RFC 6716 section 4.2.3).
        let frames = match configuration {
            12.. => 1,
            silk => SILK_FRAMES[usize::from(silk % 4)],
        };
        let is_stereo = contents & 4 != 0;
        let voices = u8::MAX << (8 - frames);
        let voices = match is_stereo {
            true => voices | voices >> (frames + 1),
            false => voices,
        };
        match first & voices {
            0 => Self::BACKGROUND,
            _ => Self::SOUND,
        }
    }
}

/// The first of the frames of a packet, behind its first byte whose lowest bits are `code` (RFC 6716 section 3.2); `None` where the packet
/// is not well formed.
fn first_frame(code: u8, rest: &[u8]) -> Option<&[u8]> {
    match code {
        0 => Some(rest),
        1 => rest.get(..rest.len() / 2),
        2 => {
            let (length, rest) = read_length(rest)?;
            rest.get(..length)
        }
        _ => {
            let (&count, mut rest) = rest.split_first()?;
            let (is_variable, is_padded) = (count & 0x80 != 0, count & 0x40 != 0);
            let frames = usize::from(count & 0x3f);
            let mut padding = 0;
            if is_padded {
                (padding, rest) = read_padding(rest)?;
            }
            let mut first_length = None;
            if is_variable {
                for _ in 1..frames {
                    let (length, behind) = read_length(rest)?;
                    rest = behind;
                    first_length = first_length.or(Some(length));
                }
            }
            let frames_bytes = rest.len().checked_sub(padding)?;
            let length = match (is_variable, first_length) {
                (true, Some(length)) => length,
                (true, None) => frames_bytes,
                (false, _) => frames_bytes.checked_div(frames)?,
            };
            rest.get(..length.min(frames_bytes))
        }
    }
}

/// How much padding is behind the frames, and what is behind its length (RFC 6716 section 3.2.5).
fn read_padding(mut bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut padding = 0;
    loop {
        let (&more, rest) = bytes.split_first()?;
        bytes = rest;
        padding += usize::from(more.min(254));
        if more < u8::MAX {
            return Some((padding, bytes));
        }
    }
}

/// The length of a frame, and what is behind it (RFC 6716 section 3.2.1).
fn read_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 252 {
        return Some((first.into(), rest));
    }
    let (&second, rest) = rest.split_first()?;
    Some((4 * usize::from(second) + usize::from(first), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// SILK of 20 ms, and of 60 ms.
    const SILK: u8 = 1 << 3;
    const LONG_SILK: u8 = 3 << 3;
    /// Both of 20 ms.
    const HYBRID: u8 = 13 << 3;
    const CELT: u8 = 31 << 3;
    const STEREO: u8 = 4;

    #[test]
    fn what_is_not_sent_or_is_silence_to_the_encoder_is_silence() {
        for packet in [
            &[][..],
            &[SILK],
            &[SILK, 0xff],
            &[CELT, 7],
            &[CELT, 0xff, 0xfe],
            &[CELT, 0xff, 0xff, 0x12],
            // One of two frames of variable length, and one of three behind padding.
            &[CELT | 2, 2, 0xff, 0xfe, 1, 2, 3],
            &[CELT | 3, 0x43, 1, 0xff, 0xfe, 1, 2, 3, 4, 0],
            // Cut off.
            &[CELT | 3],
            &[CELT | 3, 0x41, 200, 1, 2],
            &[CELT | 2, 200, 1, 2],
            &[CELT | 3, 0, 1, 2],
        ] {
            assert_eq!(Loudness::of(packet), Loudness::SILENCE, "{packet:?}");
        }
    }

    #[test]
    fn a_voice_is_where_the_encoder_found_one() {
        for (contents, first, is_voice) in [
            (SILK, 0b1000_0000, true),
            (SILK, 0b0111_1111, false),
            (HYBRID, 0b1000_0000, true),
            (HYBRID, 0b0100_0000, false),
            (LONG_SILK, 0b0010_0000, true),
            (LONG_SILK, 0b0001_1111, false),
            (SILK | STEREO, 0b0010_0000, true),
            (SILK | STEREO, 0b0101_1111, false),
            (LONG_SILK | STEREO, 0b0000_0010, true),
            (LONG_SILK | STEREO, 0b0001_0001, false),
        ] {
            let expected = match is_voice {
                true => Loudness::SOUND,
                false => Loudness::BACKGROUND,
            };
            let loudness = Loudness::of(&[contents, first, 0]);
            assert_eq!(loudness, expected, "{contents:08b} {first:08b}");
        }
    }

    #[test]
    fn other_sound_is_heard_and_how_loud_it_is_nobody_knows() {
        for packet in [
            &[CELT, 0xff, 0xfd][..],
            &[CELT, 0, 0],
            &[CELT | 1, 1, 2, 0xff, 0xfe],
            &[CELT | 2, 2, 1, 2, 0xff, 0xfe],
            &[CELT | 3, 0x82, 2, 1, 2, 0xff, 0xfe],
            &[CELT | 3, 0xc1, 2, 1, 2, 0, 0],
        ] {
            assert_eq!(Loudness::of(packet), Loudness::SOUND, "{packet:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_has_a_level(packet in proptest::collection::vec(any::<u8>(), 0..300)) {
            let loudness = Loudness::of(&packet);
            prop_assert!((-127..=0).contains(&loudness.level));
            prop_assert_eq!(loudness.is_voice, loudness == Loudness::SOUND);
        }
    }
}
