//! What the packets of a test's media say about themselves, so that whoever gets one knows whose it is, and of when.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// A packet's word about itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Who sent it.
    pub(crate) peer: String,
    /// Which of their tracks it belongs to, in the words of the slots.
    pub(crate) track: String,
    /// The `rid` of its layer; empty for sound.
    pub(crate) layer: String,
    /// The number of its frame.
    pub(crate) frame: u32,
    /// Its place in the frame.
    pub(crate) part: u8,
    /// It was sent so many microseconds after the tests began.
    pub(crate) sent: u64,
}

/// What a packet of a picture says in its payload descriptor (RFC 7741).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    /// The number of the frame, modulo 2^15.
    pub(crate) id: u16,
    /// The number of the frame among those of the lowest temporal layer, modulo 256.
    pub(crate) tl0: u8,
    /// The number of the keyframe, modulo 32.
    pub(crate) key_index: u8,
    /// A frame begins with it.
    pub(crate) starts: bool,
    /// And that can be decoded alone.
    pub(crate) is_key: bool,
}

/// An extension (X), then all there are: the picture's id, TL0PICIDX, TID and KEYIDX.
const DESCRIPTOR: [u8; 2] = [0x80, 0xf0];
const STARTS: u8 = 0x10;

/// So long after the tests began it is now.
pub(crate) fn now() -> u64 {
    since_the_beginning(Instant::now())
}

fn since_the_beginning(moment: Instant) -> u64 {
    static BEGINNING: OnceLock<Instant> = OnceLock::new();
    let beginning = BEGINNING.get_or_init(Instant::now);
    let since = moment.saturating_duration_since(*beginning);
    u64::try_from(since.as_micros()).unwrap()
}

/// Such a moment, later.
pub(crate) fn after(moment: u64, milliseconds: u64) -> u64 {
    let later = Duration::from_micros(moment) + Duration::from_millis(milliseconds);
    u64::try_from(later.as_micros()).unwrap()
}

/// A packet of sound.
pub(crate) fn sound(mark: &Mark) -> Vec<u8> {
    // 20 ms of one frame that CELT made, as the first byte says (RFC 6716 section 3.1).
    let mut payload = vec![0xf8];
    payload.extend(serde_json::to_vec(mark).unwrap());
    payload
}

/// What a packet of sound says; `None` when it says nothing.
pub(crate) fn read_sound(payload: &[u8]) -> Option<Mark> {
    serde_json::from_slice(payload.get(1..)?).ok()
}

/// A packet of a picture, filled up to so many bytes.
pub(crate) fn picture(mark: &Mark, picture: Picture, bytes: usize) -> Vec<u8> {
    let [mut first, second] = DESCRIPTOR;
    if picture.starts {
        first |= STARTS;
    }
    let [high, low] = picture.id.to_be_bytes();
    let mut payload = vec![first, second, 0x80 | high, low, picture.tl0];
    payload.push(picture.key_index & 0x1f);
    if picture.starts {
        // The frame's own header (RFC 6386 section 9.1): shown, and not a keyframe where the lowest bit is set.
        payload.extend([0x10 | u8::from(!picture.is_key), 0, 0]);
        if picture.is_key {
            payload.extend([0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00]);
        }
    }
    payload.extend(serde_json::to_vec(mark).unwrap());
    assert!(payload.len() <= bytes, "a mark of {} bytes", payload.len());
    payload.resize(bytes, 0);
    payload
}

/// What a packet of a picture says; `None` when it says nothing.
pub(crate) fn read_picture(payload: &[u8]) -> Option<(Mark, Picture)> {
    let [first, second, high, low, tl0, last, rest @ ..] = payload else {
        return None;
    };
    let starts = first & STARTS != 0;
    if [first & !STARTS, *second] != DESCRIPTOR || high & 0x80 == 0 {
        return None;
    }
    let is_key = starts && rest.first()? & 1 == 0;
    let header = match (starts, is_key) {
        (false, _) => 0,
        (true, false) => 3,
        (true, true) => 10,
    };
    let mark = rest.get(header..)?.split(|byte| *byte == 0).next()?;
    let picture = Picture {
        id: u16::from_be_bytes([high & 0x7f, *low]),
        tl0: *tl0,
        key_index: last & 0x1f,
        starts,
        is_key,
    };
    Some((serde_json::from_slice(mark).ok()?, picture))
}
