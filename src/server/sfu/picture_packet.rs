//! A VP8 packet as its publisher sent it: what the payload descriptor (RFC 7741 §4.2) says of it.
//!
//! Pure. Invariant: a packet is read once, when it comes, and no bytes make the reading fail otherwise than by `None`; what
//! cannot be read is not forwarded to anybody.

use str0m::rtp::{Vp8Descriptor, Vp8Patch};

use super::rewriting::{Numbers, PictureId, Rewritten};

/// The bit of the first octet that announces the second one.
const X: u8 = 0x80;
/// The bit of the second octet that announces a `TID` and its `Y`.
const T: u8 = 0x20;
/// The bit of a `PictureID` that announces its second octet.
const M: u8 = 0x80;
/// The bit beside the `TID` that marks a layer sync.
const Y: u8 = 0x20;

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

impl Vp8Facts {
    /// Reads the fields of the payload that str0m parsed, and those that it keeps to itself.
    fn read(payload: &[u8], parsed: &Vp8Descriptor) -> Option<Self> {
        let (first, mut rest) = payload.split_first()?;
        let mut extension = 0;
        if first & X != 0 {
            (extension, rest) = next(rest)?;
        }
        let mut picture_id = None;
        if let Some(value) = parsed.picture_id() {
            let (octet, behind) = next(rest)?;
            let is_15_bit = octet & M != 0;
            rest = if is_15_bit { next(behind)?.1 } else { behind };
            picture_id = Some(PictureId { value, is_15_bit });
        }
        let tl0 = parsed.tl0_pic_idx();
        if tl0.is_some() {
            (_, rest) = next(rest)?;
        }
        let mut tid = None;
        let mut is_sync = false;
        if extension & T != 0 {
            let (octet, _) = next(rest)?;
            tid = Some(octet >> 6);
            is_sync = octet & Y != 0;
        }
        Some(Self {
            picture_id,
            tl0,
            tid,
            key_index: parsed.key_idx(),
            is_sync,
        })
    }
}

/// Takes the next octet.
fn next(octets: &[u8]) -> Option<(u8, &[u8])> {
    octets.split_first().map(|(octet, rest)| (*octet, rest))
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
    /// The same as str0m wants it, for the patch.
    parsed: Vp8Descriptor,
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
        Some(Self {
            sequence,
            timestamp,
            marker,
            starts_keyframe: parsed.starts_keyframe(payload),
            descriptor: Vp8Facts::read(payload, &parsed)?,
            parsed,
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
    pub(super) fn patch(&self, rewritten: &Rewritten) -> Option<Vp8Patch> {
        let mut patch = self.parsed.patch();
        if let Some(picture_id) = rewritten.picture_id {
            patch = patch.picture_id(picture_id);
        }
        if let Some(tl0) = rewritten.tl0 {
            patch = patch.tl0_pic_idx(tl0);
        }
        if let Some(key_index) = rewritten.key_index {
            patch = patch.key_idx(key_index);
        }
        patch.build().ok()
    }
}

#[cfg(test)]
#[path = "tests/picture_packet.rs"]
pub(super) mod tests;
