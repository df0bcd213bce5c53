//! Which slot carries whom, and which of that may be shown.
//!
//! Pure. Invariant: a picture counts as somebody's only once a frame of theirs was seen in the slot, so that nobody is shown under
//! another's name, and then for as long as the maps leave them the slot: it carries nobody else's before a map that says so was
//! acknowledged. A map is acknowledged once, after whom it does not name any more was taken from their slots.

use super::sample::LineSample;
use crate::protocol::PeerId;
use crate::protocol::sfu::{Slot, SlotMap, Track};
use crate::room::participant::TrackKind;
use crate::room::path::lines::Section;

/// What the slots carry.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    /// The server said this last.
    map: SlotMap,
    /// The maps up to this number were acknowledged.
    acknowledged: u32,
    /// Of these picture slots of the map a frame was seen that is theirs.
    seen: Vec<Slot>,
}

impl Slots {
    /// The server says who is where; an older map than the last says nothing.
    pub(super) fn take(&mut self, map: SlotMap) {
        if map.number <= self.map.number {
            return;
        }
        self.map = map;
        let slots = &self.map.slots;
        self.seen
            .retain(|seen| slots.iter().any(|slot| is_same(slot, seen)));
    }

    /// Takes samples: says whether more can be shown than before.
    pub(super) fn observe(&mut self, samples: &[LineSample]) -> bool {
        let waiting: Vec<&Slot> = self.waiting().collect();
        let fresh = waiting.into_iter().filter(|slot| {
            let (Some(from), Some(sample)) = (slot.from, sample_of(samples, slot)) else {
                return false;
            };
            is_at_or_after(sample.rtp_timestamp, from)
        });
        let fresh: Vec<Slot> = fresh.cloned().collect();
        let is_more = !fresh.is_empty();
        self.seen.extend(fresh);
        is_more
    }

    /// Whether a picture waits until a frame of its owner is seen.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting().next().is_some()
    }

    fn waiting(&self) -> impl Iterator<Item = &Slot> {
        self.map.slots.iter().filter(|slot| {
            slot.track.is_picture()
                && slot.from.is_some()
                && !self.seen.iter().any(|seen| is_same(slot, seen))
        })
    }

    /// Whom each slot carries, as far as it may be shown and heard, by its `mid`.
    pub(super) fn carried(&self) -> Vec<(String, PeerId, TrackKind)> {
        let shown = self.map.slots.iter().filter(|slot| {
            !slot.track.is_picture() || self.seen.iter().any(|seen| is_same(slot, seen))
        });
        shown
            .map(|slot| (slot.mid.clone(), slot.peer.clone(), kind_of(slot.track)))
            .collect()
    }

    /// How long ago something of this kind from somebody was played last, in ms.
    pub(super) fn age(
        &self,
        samples: &[LineSample],
        peer: &PeerId,
        kind: TrackKind,
    ) -> Option<u64> {
        let mut slots = self.map.slots.iter();
        let slot = slots.find(|slot| slot.peer == *peer && kind_of(slot.track) == kind)?;
        if slot.track.is_picture() && !self.seen.iter().any(|seen| is_same(slot, seen)) {
            return None;
        }
        Some(sample_of(samples, slot)?.age_ms.into())
    }

    /// Whether a slot carries something of this kind from somebody.
    pub(super) fn carries(&self, peer: &PeerId, kind: TrackKind) -> bool {
        let mut slots = self.map.slots.iter();
        slots.any(|slot| slot.peer == *peer && kind_of(slot.track) == kind)
    }

    /// Whether there is no bandwidth for a picture at the moment.
    pub(super) fn is_paused(&self, peer: &PeerId, kind: TrackKind) -> bool {
        let mut slots = self.map.slots.iter();
        slots.any(|slot| slot.paused && slot.peer == *peer && kind_of(slot.track) == kind)
    }

    /// The pictures for which there is no bandwidth at the moment.
    pub(super) fn paused(&self) -> impl Iterator<Item = (PeerId, TrackKind)> {
        let paused = self.map.slots.iter().filter(|slot| slot.paused);
        paused.map(|slot| (slot.peer.clone(), kind_of(slot.track)))
    }

    /// The number of the map, if it was not acknowledged yet; from now on it counts as acknowledged.
    pub(super) fn take_unacknowledged(&mut self) -> Option<u32> {
        let number = self.map.number;
        (number > self.acknowledged).then(|| {
            self.acknowledged = number;
            number
        })
    }

    /// There is another connection, in whose slots nobody is yet.
    pub(super) fn reset(&mut self) {
        self.map.slots.clear();
        self.seen.clear();
    }

    /// There is another run of the server, which numbers its maps anew.
    pub(super) fn begin_anew(&mut self) {
        *self = Self::default();
    }
}

/// Whether a slot is still of whom it was. Where its pictures begin is another place after a pause.
fn is_same(slot: &Slot, seen: &Slot) -> bool {
    slot.mid == seen.mid && slot.peer == seen.peer && slot.track == seen.track
}

fn sample_of<'a>(samples: &'a [LineSample], slot: &Slot) -> Option<&'a LineSample> {
    let is_of = |section: &Section| matches!(section, Section::Mid(mid) if *mid == slot.mid);
    samples.iter().find(|sample| is_of(&sample.section))
}

/// Whether an RTP timestamp is that of a moment or later, modulo 2³² (RFC 3550 section 5.1).
fn is_at_or_after(timestamp: u32, from: u32) -> bool {
    timestamp.wrapping_sub(from) < 1 << 31
}

fn kind_of(track: Track) -> TrackKind {
    match track {
        Track::Microphone => TrackKind::Microphone,
        Track::Camera => TrackKind::Camera,
        Track::ScreenAudio => TrackKind::ScreenAudio,
        Track::ScreenVideo => TrackKind::ScreenVideo,
    }
}

#[cfg(test)]
#[path = "tests/slots.rs"]
mod tests;
