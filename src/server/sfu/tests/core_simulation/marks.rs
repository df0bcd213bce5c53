//! What the packets of the stories say about themselves, so that whoever gets one knows whose it is.

/// A packet's word about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The number of whoever sent it.
    pub(super) whose: u8,
    /// The number of their connection.
    pub(super) connection: u8,
    /// The place of its layer; sound has none.
    pub(super) layer: u8,
    /// The number of its frame.
    pub(super) frame: u32,
    /// Its place in the frame.
    pub(super) part: u8,
    /// It was sent so many milliseconds after the story began.
    pub(super) sent: u32,
}

/// What a packet of a picture says in its payload descriptor (RFC 7741).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// The number of the frame, modulo 2^15.
    pub(super) id: u16,
    /// The number of the frame among those of the lowest temporal layer, modulo 256.
    pub(super) tl0: u8,
    /// The number of the keyframe, modulo 32.
    pub(super) key_index: u8,
    /// A frame begins with it.
    pub(super) starts: bool,
    /// And that can be decoded alone.
    pub(super) is_key: bool,
}

const MARK_BYTES: usize = 12;

/// Beside the mark of sound: 20 ms of one frame that CELT made (RFC 6716 section 3.1).
const SOUND: u8 = 0xf8;

/// An extension (X), then all there are: the picture's id, TL0PICIDX, TID and KEYIDX.
const DESCRIPTOR: [u8; 2] = [0x80, 0xf0];
const STARTS: u8 = 0x10;

impl Mark {
    fn bytes(&self) -> [u8; MARK_BYTES] {
        let [frame, sent] = [self.frame, self.sent].map(u32::to_be_bytes);
        let mut bytes = [0; MARK_BYTES];
        bytes[..4].copy_from_slice(&[self.whose, self.connection, self.layer, self.part]);
        bytes[4..8].copy_from_slice(&frame);
        bytes[8..].copy_from_slice(&sent);
        bytes
    }

    fn read(bytes: &[u8]) -> Self {
        let [whose, connection, layer, part, a, b, c, d, e, f, g, h] = *bytes else {
            panic!("no mark: {bytes:?}");
        };
        Self {
            whose,
            connection,
            layer,
            part,
            frame: u32::from_be_bytes([a, b, c, d]),
            sent: u32::from_be_bytes([e, f, g, h]),
        }
    }
}

/// A packet of sound.
pub(super) fn sound(mark: &Mark) -> Vec<u8> {
    let mut payload = vec![SOUND];
    payload.extend(mark.bytes());
    payload
}

/// What a packet of sound says.
pub(super) fn read_sound(payload: &[u8]) -> Mark {
    assert_eq!(payload[0], SOUND);
    Mark::read(&payload[1..])
}

/// A packet of a picture, filled up to so many bytes.
pub(super) fn picture(mark: &Mark, picture: Picture, bytes: usize) -> Vec<u8> {
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
    payload.extend(mark.bytes());
    payload.resize(bytes, 0);
    payload
}

/// What a packet of a picture says.
pub(super) fn read_picture(payload: &[u8]) -> (Mark, Picture) {
    let [first, second, high, low, tl0, last, rest @ ..] = payload else {
        panic!("no picture: {payload:?}");
    };
    let starts = first & STARTS != 0;
    assert_eq!([first & !STARTS, *second], DESCRIPTOR);
    let is_key = starts && rest[0] & 1 == 0;
    let header = match (starts, is_key) {
        (false, _) => 0,
        (true, false) => 3,
        (true, true) => 10,
    };
    let picture = Picture {
        id: u16::from_be_bytes([high & 0x7f, *low]),
        tl0: *tl0,
        key_index: last & 0x1f,
        starts,
        is_key,
    };
    (Mark::read(&rest[header..header + MARK_BYTES]), picture)
}
