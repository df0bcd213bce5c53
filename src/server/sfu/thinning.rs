//! Pictures at a lower rate: which of a source's pictures are left out, so that the others can still be decoded.
//!
//! Pure. Invariant: what is not left out builds on nothing that was. All packets of a picture are left out, or none.

use super::picture_packet::PicturePacket;

/// No picture has so high a temporal layer.
const NONE: u8 = 4;

/// What is left out of one source's pictures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thinning {
    /// The pictures of the highest temporal layer are to be left out: half of them, or more.
    is_wanted: bool,
    /// The highest temporal layer that came.
    highest: u8,
    /// Pictures of this temporal layer and of those above build on some that were left out, until one says that it does not.
    broken: u8,
    /// The timestamp of the last picture, and whether it is left out.
    last: Option<(u32, bool)>,
}

impl Default for Thinning {
    /// Nothing is left out.
    fn default() -> Self {
        Self {
            is_wanted: false,
            highest: 0,
            broken: NONE,
            last: None,
        }
    }
}

impl Thinning {
    /// Says whether pictures are to be left out from the next one on.
    pub(super) fn want(&mut self, is_wanted: bool) {
        self.is_wanted = is_wanted;
    }

    /// Forgets what was left out: another source begins, with a picture that builds on nothing.
    pub(super) fn begin(&mut self) {
        *self = Self {
            is_wanted: self.is_wanted,
            ..Self::default()
        };
    }

    /// Says whether a packet is left out. Without temporal layers none is.
    pub(super) fn leaves_out(&mut self, packet: &PicturePacket) -> bool {
        let Some(layer) = packet.descriptor.tid else {
            return false;
        };
        let next = match self.last {
            Some((timestamp, is_left_out)) if timestamp == packet.timestamp => return is_left_out,
            Some((timestamp, _)) if is_older(packet.timestamp, timestamp) => {
                // It changes nothing for those that came before it.
                return self.after(layer, packet).1;
            }
            _ => self.after(layer, packet),
        };
        let (after, is_left_out) = next;
        *self = Self {
            last: Some((packet.timestamp, is_left_out)),
            ..after
        };
        is_left_out
    }

    /// What is known with the first packet of a picture of this layer, and whether it is left out.
    fn after(mut self, layer: u8, packet: &PicturePacket) -> (Self, bool) {
        self.highest = self.highest.max(layer);
        if packet.starts_keyframe {
            self.broken = NONE;
        }
        let is_top = layer > 0 && layer == self.highest;
        let is_left_out = if self.is_wanted && is_top {
            self.broken = self.broken.min(layer);
            true
        } else if layer >= self.broken && packet.descriptor.is_sync {
            self.broken = layer + 1;
            false
        } else {
            layer >= self.broken
        };
        (self, is_left_out)
    }
}

/// Says whether a moment of the RTP clock is before another one.
fn is_older(timestamp: u32, other: u32) -> bool {
    (1..=u32::MAX / 2).contains(&other.wrapping_sub(timestamp))
}

#[cfg(test)]
#[path = "tests/thinning.rs"]
mod tests;
