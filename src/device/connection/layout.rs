//! The media sections of a connection: which this side offers, which both sides have, and whose media each of them brings.
//!
//! Invariants: a section counts once both sides have it. A slot of the SFU brings nobody's media but those of whom it is said to
//! carry, and only from when that is said.

use str0m::media::{Direction, MediaKind, Mid};

use super::library::{direction, media_kind};
use super::sections::{self, MediaWish};
use crate::device::media::stint::Stint;
use crate::protocol::PeerId;
use crate::room::hub::{HubSection, SlotKind, sections_to_add};
use crate::room::{Section, Shape, SlotCounts, TrackKind, kinds_to_offer};

/// The sections of a connection.
#[derive(Debug)]
pub(super) enum MediaLayout {
    /// A person is at the other end.
    Mesh {
        /// This side sends and takes like this.
        wish: MediaWish,
        /// Both sides have these, and what each brings is theirs.
        sections: Vec<(Mid, Stint)>,
        /// They are this one.
        whom: PeerId,
    },
    /// The SFU is at the other end.
    Hub(HubLayout),
}

/// The sections of a connection to the SFU.
#[derive(Debug)]
pub(super) struct HubLayout {
    /// This side sends and takes like this.
    wish: MediaWish,
    /// There are to be so many slots, if anything is taken.
    slots: SlotCounts,
    /// Both sides have these.
    sections: Vec<(HubSection, Mid)>,
    /// These were offered, and not answered yet.
    offered: Vec<(HubSection, Mid)>,
    /// These slots carry somebody.
    carried: Vec<(Mid, Stint)>,
    /// So many stints were begun.
    stints: u32,
}

/// A section that is missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct MissingSection {
    /// Its medium.
    pub(super) medium: MediaKind,
    /// Media may go this way in it.
    pub(super) way: Direction,
    /// It is this one, where the SFU is at the other end.
    hub: Option<HubSection>,
}

impl MediaLayout {
    /// Nothing is agreed on with whoever is at the other end.
    pub(super) fn new(shape: Shape, whom: PeerId, wish: MediaWish) -> Self {
        match shape {
            Shape::Mesh => Self::Mesh {
                wish,
                sections: Vec::new(),
                whom,
            },
            Shape::Hub(slots) => Self::Hub(HubLayout {
                wish,
                slots,
                sections: Vec::new(),
                offered: Vec::new(),
                carried: Vec::new(),
                stints: 0,
            }),
        }
    }

    /// What this side sends and takes.
    pub(super) fn wish(&self) -> MediaWish {
        match self {
            Self::Mesh { wish, .. } | Self::Hub(HubLayout { wish, .. }) => *wish,
        }
    }

    /// Whether the SFU is at the other end.
    pub(super) fn is_of_hub(&self) -> bool {
        matches!(self, Self::Hub(_))
    }

    /// The sections that are to be offered, beside a description of the other side.
    pub(super) fn missing(&self, remote: &str) -> Vec<MissingSection> {
        match self {
            Self::Mesh { wish, sections, .. } => {
                let there: Vec<TrackKind> = sections.iter().map(|(_, it)| it.kind).collect();
                let missing = kinds_to_offer(&there, remote).into_iter();
                let missing = missing.map(|kind| MissingSection {
                    medium: media_kind(kind),
                    way: direction(wish.way(kind)),
                    hub: None,
                });
                missing.collect()
            }
            Self::Hub(hub) => hub.missing(),
        }
    }

    /// These were offered; what was offered before and not answered is not.
    pub(super) fn offer(&mut self, offered: Vec<(MissingSection, Mid)>) {
        if let Self::Hub(hub) = self {
            let sections = offered.into_iter();
            hub.offered = sections
                .filter_map(|(section, mid)| Some((section.hub?, mid)))
                .collect();
        }
    }

    /// Both sides have the sections of this answer.
    pub(super) fn settle(&mut self, answer: &str) {
        match self {
            Self::Mesh { sections, whom, .. } => {
                let kinds = sections::kinds(answer).into_iter();
                *sections = kinds
                    .map(|(kind, name)| {
                        let stint = Stint {
                            number: kind as u32,
                            whose: whom.clone(),
                            kind,
                        };
                        (Mid::from(name.as_str()), stint)
                    })
                    .collect();
            }
            Self::Hub(hub) => hub.sections.append(&mut hub.offered),
        }
    }

    /// How many slots both sides have, where the SFU is at the other end.
    pub(super) fn slots(&self) -> Option<SlotCounts> {
        let Self::Hub(hub) = self else {
            return None;
        };
        let count = |kind| {
            let slots = hub.sections.iter();
            let slots = slots.filter(|(section, _)| *section == HubSection::Slot(kind));
            u8::try_from(slots.count()).unwrap_or(u8::MAX)
        };
        Some(SlotCounts {
            voices: count(SlotKind::Voice),
            pictures: count(SlotKind::Picture),
        })
    }

    /// There are to be at least so many slots from now on.
    pub(super) fn grow(&mut self, slots: SlotCounts) {
        if let Self::Hub(hub) = self {
            hub.slots = hub.slots.or_more(slots);
        }
    }

    /// The section in which this kind of track is sent.
    pub(super) fn sender(&self, kind: TrackKind) -> Option<Mid> {
        match self {
            Self::Mesh { sections, .. } => {
                let section = sections.iter().find(|(_, stint)| stint.kind == kind);
                section.map(|(mid, _)| *mid)
            }
            Self::Hub(hub) => {
                let is_it = |section: &HubSection| *section == HubSection::Sends(kind);
                let section = hub.sections.iter().find(|(section, _)| is_it(section));
                section.map(|(_, mid)| *mid)
            }
        }
    }

    /// Whose media a section brings; nothing while it brings nobody's.
    pub(super) fn stint(&self, mid: Mid) -> Option<&Stint> {
        let stints = match self {
            Self::Mesh { sections, .. } => sections,
            Self::Hub(hub) => &hub.carried,
        };
        let section = stints.iter().find(|(section, _)| *section == mid);
        section.map(|(_, stint)| stint)
    }

    /// What a section that receives is known by.
    pub(super) fn section(&self, mid: Mid) -> Option<Section> {
        match self {
            Self::Mesh { .. } => self.stint(mid).map(|stint| Section::Kind(stint.kind)),
            Self::Hub(_) => Some(Section::Mid(mid.to_string())),
        }
    }

    /// The slots carry these, and nobody else; says which slots bring pictures of somebody else than before.
    pub(super) fn attribute(&mut self, carried: Vec<(String, PeerId, TrackKind)>) -> Vec<Mid> {
        let Self::Hub(hub) = self else {
            return Vec::new();
        };
        let mut fresh = Vec::new();
        let before = std::mem::take(&mut hub.carried);
        for (name, whose, kind) in carried {
            let mid = Mid::from(name.as_str());
            let is_same = |(slot, stint): &&(Mid, Stint)| {
                *slot == mid && stint.whose == whose && stint.kind == kind
            };
            if let Some(known) = before.iter().find(is_same) {
                hub.carried.push(known.clone());
                continue;
            }
            let number = hub.stints;
            hub.stints = hub.stints.wrapping_add(1);
            if kind.medium() == "video" {
                fresh.push(mid);
            }
            let stint = Stint {
                number,
                whose,
                kind,
            };
            hub.carried.push((mid, stint));
        }
        fresh
    }
}

impl HubLayout {
    fn missing(&self) -> Vec<MissingSection> {
        let there: Vec<HubSection> = self.sections.iter().map(|(section, _)| *section).collect();
        let slots = match self.wish.receives {
            true => self.slots,
            false => SlotCounts {
                voices: 0,
                pictures: 0,
            },
        };
        let missing = sections_to_add(&there, slots).into_iter();
        let missing = missing.map(|section| {
            let (medium, way) = match section {
                HubSection::Sends(kind) => (media_kind(kind), Direction::SendOnly),
                HubSection::Slot(SlotKind::Voice) => (MediaKind::Audio, Direction::RecvOnly),
                HubSection::Slot(SlotKind::Picture) => (MediaKind::Video, Direction::RecvOnly),
            };
            MissingSection {
                medium,
                way,
                hub: Some(section),
            }
        });
        missing.collect()
    }
}

#[cfg(test)]
#[path = "tests/layout.rs"]
mod tests;
