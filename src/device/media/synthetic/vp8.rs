//! Pictures that are made up: their sizes follow a model of an encoder that keeps to a bit rate.
//!
//! Invariant: each is a frame of VP8 (RFC 6386), and shows grey to whoever had a key frame, whatever was lost since; and whatever the
//! sizes of single frames, those of some seconds amount to the bit rate.

use super::stamp::STAMP_BYTES;

/// A frame of any size has at least so many bytes.
const SMALLEST: usize = 64;

/// A frame that can be decoded alone is so many times as large as the mean.
const KEY_FRAME: f64 = 5.0;

/// Sizes of other frames are up to this share beside the mean.
const SPREAD: f64 = 0.25;

/// What a large frame took too much is saved with those behind it, of each at most this share of the mean.
const SAVED: f64 = 0.35;

/// What stands behind the header of a frame that cannot be decoded alone (section 19.2): no feature is used, nothing is kept for
/// frames behind it, and each macroblock is almost surely predicted from its own frame (`prob_intra` is 255, all before it is 0).
const INTER_FRAME: [u8; 8] = [0, 0, 0, 0, 0, 0, 0x2f, 0xd0];

/// A frame that can be decoded alone comes at least so often, in frames: every ten seconds.
const KEY_FRAMES_APART: u64 = 300;

/// So many pictures each second.
pub(crate) const FRAMES_PER_SECOND: u32 = 30;

/// Pictures of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PictureFormat {
    /// 640 × 360 pixels, 500 kbit/s.
    Small,
    /// 1280 × 720 pixels, 1500 kbit/s.
    Large,
}

impl PictureFormat {
    /// Width and height in pixels.
    fn pixels(self) -> (u16, u16) {
        match self {
            Self::Small => (640, 360),
            Self::Large => (1_280, 720),
        }
    }

    /// Bits each second.
    pub(crate) fn bit_rate(self) -> u32 {
        match self {
            Self::Small => 500_000,
            Self::Large => 1_500_000,
        }
    }
}

/// One stream of pictures.
#[derive(Debug)]
pub(crate) struct Pictures {
    format: PictureFormat,
    /// The next has this number.
    number: u64,
    /// The last that can be decoded alone had this number.
    key_frame: Option<u64>,
    /// So many bytes too many were taken so far.
    owed: f64,
}

impl Pictures {
    /// A stream that begins.
    pub(crate) fn new(format: PictureFormat) -> Self {
        Self {
            format,
            number: 0,
            key_frame: None,
            owed: 0.0,
        }
    }

    /// The next frame, which bears this stamp. It can be decoded alone if that is wanted, and now and then by itself.
    pub(crate) fn next(&mut self, key_frame_wanted: bool, stamp: [u8; STAMP_BYTES]) -> Vec<u8> {
        let is_due = self
            .key_frame
            .is_none_or(|last| self.number - last >= KEY_FRAMES_APART);
        let is_key = key_frame_wanted || is_due;
        if is_key {
            self.key_frame = Some(self.number);
        }
        let size = self.size(is_key);
        self.number += 1;
        let mut frame = header(is_key, size, self.format);
        // From zeros a decoder reads nothing but zeros (section 7): the first way to predict each macroblock, and no coefficients.
        // What is behind the last macroblock it does not read.
        frame.resize(size - STAMP_BYTES, 0);
        frame.extend_from_slice(&stamp);
        frame
    }

    /// The size of the next frame in bytes.
    fn size(&mut self, is_key: bool) -> usize {
        let mean = f64::from(self.format.bit_rate()) / 8.0 / f64::from(FRAMES_PER_SECOND);
        let wanted = if is_key {
            mean * KEY_FRAME
        } else {
            let saved = self.owed.clamp(0.0, mean * SAVED);
            mean * (1.0 + SPREAD * scatter(self.number)) - saved
        };
        let size = (wanted as usize).max(SMALLEST);
        self.owed += size as f64 - mean;
        size
    }
}

/// Something between -1 and 1 that is different for each number, and the same each time (splitmix64).
fn scatter(number: u64) -> f64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let share = ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
    share * 2.0 - 1.0
}

/// The header of a frame of this size, whose first partition takes half of it.
fn header(is_key: bool, size: usize, format: PictureFormat) -> Vec<u8> {
    let first_partition = (size / 2).min((1 << 19) - 1) as u32;
    let shown = 1 << 4;
    let tag = u32::from(!is_key) | shown | first_partition << 5;
    let [b0, b1, b2, _] = tag.to_le_bytes();
    let mut header = Vec::with_capacity(size);
    header.extend([b0, b1, b2]);
    if is_key {
        let (width, height) = format.pixels();
        header.extend([0x9d, 0x01, 0x2a]);
        header.extend(width.to_le_bytes());
        header.extend(height.to_le_bytes());
    } else {
        header.extend(INTER_FRAME);
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: [u8; STAMP_BYTES] = [9; STAMP_BYTES];

    #[test]
    fn a_key_frame_says_its_size_in_pixels_and_every_frame_bears_its_stamp() {
        let mut pictures = Pictures::new(PictureFormat::Large);
        let key = pictures.next(false, STAMP);
        assert_eq!(key[0] & 1, 0, "the first can be decoded alone");
        assert_eq!(key[3..10], [0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02]);
        let other = pictures.next(false, STAMP);
        assert_eq!(other[0] & 1, 1);
        for frame in [&key, &other] {
            assert!(frame.ends_with(&STAMP));
            assert_eq!(frame[0] >> 4 & 1, 1, "it is shown");
            let tag = u32::from_le_bytes([frame[0], frame[1], frame[2], 0]);
            assert!(((tag >> 5) as usize) < frame.len() - 10);
        }
    }

    #[test]
    fn sizes_amount_to_the_bit_rate_also_where_key_frames_are_asked_for() {
        for format in [PictureFormat::Small, PictureFormat::Large] {
            for asked_every in [u64::MAX, 60] {
                let mut pictures = Pictures::new(format);
                let frames = u64::from(FRAMES_PER_SECOND) * 10;
                let bytes: usize = (0..frames)
                    .map(|number| pictures.next(number % asked_every == 1, STAMP).len())
                    .sum();
                let share = bytes as f64 * 8.0 / 10.0 / f64::from(format.bit_rate());
                assert!(
                    (0.97..1.03).contains(&share),
                    "{format:?} {asked_every} {share}"
                );
            }
        }
    }

    #[test]
    fn each_frame_has_what_a_decoder_reads_for_every_macroblock() {
        for format in [PictureFormat::Small, PictureFormat::Large] {
            let (width, height) = format.pixels();
            let macroblocks = usize::from(width.div_ceil(16)) * usize::from(height.div_ceil(16));
            let mut pictures = Pictures::new(format);
            for number in 0..1_000 {
                let frame = pictures.next(number % 60 == 1, STAMP);
                // libvpx reads 12 bits for each of a key frame and 3 of another, where both partitions are of the same size.
                let needed = if frame[0] & 1 == 0 {
                    macroblocks * 2
                } else {
                    macroblocks / 2
                };
                assert!(frame.len() - STAMP_BYTES >= needed, "{format:?} {number}");
            }
        }
    }

    #[test]
    fn sizes_are_those_of_an_encoder_and_not_all_the_same() {
        let mut pictures = Pictures::new(PictureFormat::Small);
        let sizes: Vec<usize> = (0..300)
            .map(|_| pictures.next(false, STAMP).len())
            .collect();
        let mean = 500_000 / 8 / 30;
        assert!(sizes[0] > 4 * mean);
        assert!(
            sizes[1..]
                .iter()
                .all(|size| (mean / 3..2 * mean).contains(size))
        );
        let different: std::collections::BTreeSet<&usize> = sizes.iter().collect();
        assert!(different.len() > 200);
    }

    #[test]
    fn one_that_is_asked_for_comes_at_once_and_one_comes_every_ten_seconds() {
        let mut pictures = Pictures::new(PictureFormat::Small);
        let keys: Vec<usize> = (0..1_000)
            .filter(|number| pictures.next(*number == 100, STAMP)[0] & 1 == 0)
            .collect();
        assert_eq!(keys, [0, 100, 400, 700]);
    }
}
