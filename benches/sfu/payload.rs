//! What a synthetic packet carries: bytes of known contents that end with whose it is, which one, and when it was sent.
//!
//! Invariant: whatever an SFU may rewrite on the way stands before the contents (the VP8 payload descriptor, RFC 7741), so that the
//! contents and the tail arrive as they were sent, or something is wrong.

use std::sync::OnceLock;

/// Bytes of a packet of a picture.
pub(crate) const PICTURE_BYTES: usize = 1_100;

/// Bytes of a packet of a voice.
pub(crate) const VOICE_BYTES: usize = 100;

/// When it was sent, whose it is and its number.
const TAIL_BYTES: usize = 16;

/// Contents begin here, after the longest descriptor and the longest header of a VP8 frame.
const CONTENTS_AT: usize = 16;

/// An extension (X), then all there are: the picture's id, TL0PICIDX, TID and KEYIDX.
const DESCRIPTOR: [u8; 2] = [0x80, 0xf0];

/// The first packet of a frame (S).
const STARTS: u8 = 0x10;

/// 20 ms of one frame that CELT made (RFC 6716 section 3.1).
const CELT: u8 = 0xf8;

/// What a packet says about itself at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tail {
    /// It was sent so many nanoseconds after the clients began.
    pub(crate) sent: u64,
    /// The stream that it belongs to, of all clients.
    pub(crate) source: u32,
    /// Its number in that stream, from 0.
    pub(crate) number: u32,
}

/// What the descriptor of a packet of a picture says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Picture {
    /// The number of the frame, modulo 2^15.
    pub(crate) id: u16,
    /// The number of the frame among those of the lowest temporal layer, modulo 256.
    pub(crate) tl0: u8,
    /// The number of the last keyframe, modulo 32.
    pub(crate) key_index: u8,
    /// The packet begins its frame.
    pub(crate) starts: bool,
    /// The frame can be decoded alone.
    pub(crate) is_key: bool,
}

/// Makes a packet of a picture.
pub(crate) fn picture(picture: Picture, tail: Tail) -> Vec<u8> {
    let mut payload = filled(PICTURE_BYTES, tail);
    let [mut first, second] = DESCRIPTOR;
    if picture.starts {
        first |= STARTS;
    }
    let [high, low] = (picture.id & 0x7fff).to_be_bytes();
    let key_index = picture.key_index & 0x1f;
    payload[..6].copy_from_slice(&[first, second, 0x80 | high, low, picture.tl0, key_index]);
    if picture.starts {
        // The frame's own header (RFC 6386 section 9.1): shown, and not a keyframe where the lowest bit is set.
        payload[6..9].copy_from_slice(&[0x10 | u8::from(!picture.is_key), 0, 0]);
        if picture.is_key {
            payload[9..16].copy_from_slice(&[0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]);
        }
    }
    payload
}

/// Makes a packet of a voice.
pub(crate) fn voice(tail: Tail) -> Vec<u8> {
    let mut payload = filled(VOICE_BYTES, tail);
    payload[0] = CELT;
    payload
}

fn filled(bytes: usize, tail: Tail) -> Vec<u8> {
    let mut payload = Vec::with_capacity(bytes);
    payload.extend_from_slice(contents(tail.number, bytes - TAIL_BYTES));
    payload.extend_from_slice(&tail.sent.to_be_bytes());
    payload.extend_from_slice(&tail.source.to_be_bytes());
    payload.extend_from_slice(&tail.number.to_be_bytes());
    payload
}

/// Gives the contents of the packet of this number: neighbours have different ones.
fn contents(number: u32, bytes: usize) -> &'static [u8] {
    static NOISE: OnceLock<Vec<u8>> = OnceLock::new();
    let noise = NOISE.get_or_init(|| {
        let mut state = 0x2545_f491_u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_be_bytes()[0]
        };
        (0..4 * PICTURE_BYTES).map(|_| next()).collect()
    });
    let from = number as usize % (noise.len() - PICTURE_BYTES);
    &noise[from..from + bytes]
}

/// Reads the tail of a payload; `None` when it is too short to be of these clients.
pub(crate) fn tail(payload: &[u8]) -> Option<Tail> {
    if payload.len() < VOICE_BYTES {
        return None;
    }
    let (rest, number) = payload.split_last_chunk::<4>()?;
    let (rest, source) = rest.split_last_chunk::<4>()?;
    let (_, sent) = rest.split_last_chunk::<8>()?;
    Some(Tail {
        sent: u64::from_be_bytes(*sent),
        source: u32::from_be_bytes(*source),
        number: u32::from_be_bytes(*number),
    })
}

/// Says whether a payload has the contents that the packet of this number was sent with.
pub(crate) fn is_whole(payload: &[u8], number: u32) -> bool {
    let bytes = payload.len();
    let is_known = [PICTURE_BYTES, VOICE_BYTES].contains(&bytes);
    is_known
        && payload[CONTENTS_AT..bytes - TAIL_BYTES]
            == contents(number, bytes - TAIL_BYTES)[CONTENTS_AT..]
}
