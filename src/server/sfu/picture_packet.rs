//! A VP8 packet as its publisher sent it: what the payload descriptor (RFC 7741 §4.2) says of it.
//!
//! Pure. Invariant: a packet is read once, when it comes, and no bytes make the reading fail otherwise than by `None`; what
//! cannot be read is not forwarded to anybody.

use str0m::rtp::Vp8Descriptor;

use super::rewriting::{Numbers, PictureId, Rewritten};

/// The bit of the first octet that announces the second one.
const X: u8 = 0x80;
/// The bit of the second octet that announces a `TID` and its `Y`.
const T: u8 = 0x20;
/// The bit of a `PictureID` that announces its second octet.
const M: u8 = 0x80;
/// The bit of the second octet that announces a `KEYIDX`.
const K: u8 = 0x10;
/// The bit beside the `TID` that marks a layer sync.
const Y: u8 = 0x20;
/// The bits of the last octet that are not the `KEYIDX`.
const BESIDE_KEY_INDEX: u8 = 0xe0;

/// The fields of a VP8 payload descriptor; `None` where it has no such field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Vp8Facts {
    /// The number of the picture, which all of its packets have.
    pub(super) picture_id: Option<PictureId>,
    /// `TL0PICIDX`: the number of the picture of the lowest temporal layer that this one builds on, or is.
    pub(super) tl0: Option<u8>,
    /// `TID`: the temporal layer; 0..4, the lowest is 0.
    pub(super) tid: Option<u8>,
    /// `KEYIDX`: the number of the keyframe that this picture builds on, or is; 0..32.
    pub(super) key_index: Option<u8>,
    /// `Y`: the picture builds on the lowest temporal layer only, so that its own layer can be entered here. Never without
    /// a `TID`.
    pub(super) is_sync: bool,
}

/// Which octets of a payload hold the numbers of its picture; `None` where it has no such field. A descriptor has six octets at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Places {
    /// The first octet of the `PictureID`, and whether there is a second one.
    picture_id: Option<(u8, bool)>,
    /// The octet that is `TL0PICIDX`.
    tl0: Option<u8>,
    /// The octet that has the `KEYIDX`, and what else is in it.
    key_index: Option<(u8, u8)>,
}

/// Octets that are written over those of a copy of a payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Patch {
    /// The place and the value of each; the first `count` of them count.
    octets: [(u8, u8); 4],
    /// So many count.
    count: u8,
}

impl Patch {
    /// Writes the octets over those of the payload that it was made for, or of a copy.
    pub(super) fn apply(&self, payload: &mut [u8]) {
        for (place, value) in self.octets.iter().take(self.count.into()) {
            if let Some(octet) = payload.get_mut(usize::from(*place)) {
                *octet = *value;
            }
        }
    }

    fn add(&mut self, place: u8, value: u8) {
        if let Some(octet) = self.octets.get_mut(usize::from(self.count)) {
            *octet = (place, value);
            self.count += 1;
        }
    }
}

/// Walks over the octets of a payload.
struct Octets<'a> {
    /// All octets.
    payload: &'a [u8],
    /// The next one has this place.
    place: u8,
}

impl Octets<'_> {
    /// Gives the place of the next octet, and the octet.
    fn next(&mut self) -> Option<(u8, u8)> {
        let place = self.place;
        let octet = *self.payload.get(usize::from(place))?;
        self.place += 1;
        Some((place, octet))
    }
}

impl Vp8Facts {
    /// Reads the fields of the payload that str0m parsed, and those that it keeps to itself, and where they are.
    fn read(payload: &[u8], parsed: &Vp8Descriptor) -> Option<(Self, Places)> {
        let mut octets = Octets { payload, place: 0 };
        let (_, first) = octets.next()?;
        let mut extension = 0;
        if first & X != 0 {
            (_, extension) = octets.next()?;
        }
        let mut facts = Self {
            picture_id: None,
            tl0: parsed.tl0_pic_idx(),
            tid: None,
            key_index: parsed.key_idx(),
            is_sync: false,
        };
        let mut places = Places {
            picture_id: None,
            tl0: None,
            key_index: None,
        };
        if let Some(value) = parsed.picture_id() {
            let (place, octet) = octets.next()?;
            let is_15_bit = octet & M != 0;
            if is_15_bit {
                octets.next()?;
            }
            facts.picture_id = Some(PictureId { value, is_15_bit });
            places.picture_id = Some((place, is_15_bit));
        }
        if facts.tl0.is_some() {
            places.tl0 = Some(octets.next()?.0);
        }
        if extension & (T | K) != 0 {
            let (place, octet) = octets.next()?;
            if extension & T != 0 {
                facts.tid = Some(octet >> 6);
                facts.is_sync = octet & Y != 0;
            }
            if facts.key_index.is_some() {
                places.key_index = Some((place, octet & BESIDE_KEY_INDEX));
            }
        }
        Some((facts, places))
    }
}

/// A packet of a picture, without its payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct PicturePacket {
    /// The extended RTP sequence number, as the publisher counts.
    pub(super) sequence: u64,
    /// The RTP timestamp in ticks of 1/90,000 s, as the publisher counts; all packets of a picture have the same.
    pub(super) timestamp: u32,
    /// The RTP marker: the last packet of a picture.
    pub(super) marker: bool,
    /// Whether it is the first packet of a picture that can be decoded without any other.
    pub(super) starts_keyframe: bool,
    /// What the payload descriptor says.
    pub(super) descriptor: Vp8Facts,
    /// Where the numbers are that have to be rewritten.
    places: Places,
}

impl PicturePacket {
    /// Reads a packet from its extended sequence number, its timestamp, its marker and its RTP payload; `None` if the payload
    /// descriptor is malformed or nothing follows it.
    pub(super) fn read(
        sequence: u64,
        timestamp: u32,
        marker: bool,
        payload: &[u8],
    ) -> Option<Self> {
        let parsed = Vp8Descriptor::parse(payload).ok()?;
        let (descriptor, places) = Vp8Facts::read(payload, &parsed)?;
        Some(Self {
            sequence,
            timestamp,
            marker,
            starts_keyframe: parsed.starts_keyframe(payload),
            descriptor,
            places,
        })
    }

    /// The numbers that have to be rewritten.
    pub(super) fn numbers(&self) -> Numbers {
        Numbers {
            sequence: self.sequence,
            timestamp: self.timestamp,
            picture_id: self.descriptor.picture_id,
            tl0: self.descriptor.tl0,
            key_index: self.descriptor.key_index,
        }
    }

    /// What puts the outgoing numbers of the picture into a copy of the payload. `None` if the packet has no place for one of
    /// them, which cannot be if they were made from its [`numbers`](Self::numbers).
    pub(super) fn patch(&self, rewritten: &Rewritten) -> Option<Patch> {
        let mut patch = Patch::default();
        if let Some(picture_id) = rewritten.picture_id {
            let (place, is_15_bit) = self.places.picture_id?;
            let [high, low] = picture_id.to_be_bytes();
            if is_15_bit {
                patch.add(place, M | high);
                patch.add(place + 1, low);
            } else {
                patch.add(place, low & !M);
            }
        }
        if let Some(tl0) = rewritten.tl0 {
            patch.add(self.places.tl0?, tl0);
        }
        if let Some(key_index) = rewritten.key_index {
            let (place, beside) = self.places.key_index?;
            patch.add(place, beside | key_index & !BESIDE_KEY_INDEX);
        }
        Some(patch)
    }
}

#[cfg(test)]
#[path = "tests/picture_packet.rs"]
pub(super) mod tests;
