//! Which sections a connection to the SFU lacks (docs/protocol.md, "The SFU").
//!
//! Invariant: what is sent comes first, in the order of [`TrackKind::ALL`], and once: the SFU tells those sections by their order.
//! What is added later is slots alone.

use crate::room::participant::TrackKind;
use crate::room::path::command::SlotCounts;

/// What a slot receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotKind {
    /// It receives sound.
    Voice,
    /// It receives pictures.
    Picture,
}

impl SlotKind {
    /// The kind of slot for the media type of a section (RFC 8866 section 5.14).
    pub fn of(medium: &str) -> Self {
        match medium {
            "audio" => Self::Voice,
            _ => Self::Picture,
        }
    }

    /// The media type of its section.
    pub fn medium(self) -> &'static str {
        match self {
            Self::Voice => "audio",
            Self::Picture => "video",
        }
    }
}

/// A section of a connection to the SFU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubSection {
    /// It sends this kind of track.
    Sends(TrackKind),
    /// It receives.
    Slot(SlotKind),
}

/// The sections a connection is still to offer, in their order, so that it has so many slots; it has those that are `there`. What
/// it sends is offered together or not at all: a section that came back behind the others would be taken for one of them.
pub fn sections_to_add(there: &[HubSection], slots: SlotCounts) -> Vec<HubSection> {
    let mut missing = Vec::new();
    let sends = there.iter().any(|it| matches!(it, HubSection::Sends(_)));
    if !sends {
        missing.extend(TrackKind::ALL.map(HubSection::Sends));
    }
    for (kind, wanted) in [
        (SlotKind::Voice, slots.voices),
        (SlotKind::Picture, slots.pictures),
    ] {
        let slot = HubSection::Slot(kind);
        let has = there.iter().filter(|one| **one == slot).count();
        missing.extend((has..wanted.into()).map(|_| slot));
    }
    missing
}

impl SlotCounts {
    /// Enough slots for both wishes.
    pub fn or_more(self, other: Self) -> Self {
        Self {
            voices: self.voices.max(other.voices),
            pictures: self.pictures.max(other.pictures),
        }
    }
}

#[cfg(test)]
#[path = "tests/sections.rs"]
mod tests;
