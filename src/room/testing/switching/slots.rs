//! The slots of the simulated SFU: who is in them, so that no face stands under another's name.

use super::sfu::{Guest, Sfu};
use crate::protocol::PeerId;
use crate::protocol::sfu::{SfuMessage, Slot, SlotMap, Track, ViewedSize};

/// A picture begins so long after it is asked for, in ms: with the next keyframe.
const KEYFRAME_MS: u64 = 120;

/// One slot.
pub(crate) struct Place {
    pub(crate) mid: String,
    /// This is in it.
    pub(crate) owner: Option<(PeerId, Track)>,
    /// Their first frame has this timestamp; nothing as long as none is on its way.
    pub(crate) from: Option<u32>,
    /// It is looked for since then.
    since: u64,
    /// The first map in which nobody was in it had this number; 0 while it is fresh.
    freed_in: u32,
}

impl Place {
    pub(crate) fn free(mid: String) -> Self {
        Self {
            mid,
            owner: None,
            from: None,
            since: 0,
            freed_in: 0,
        }
    }

    fn is_of_pictures(&self) -> bool {
        self.mid.starts_with('p')
    }
}

impl Guest {
    /// What the client is told of its slots.
    pub(crate) fn slot_map(&self) -> SlotMap {
        SlotMap {
            number: self.map_number,
            slots: self.map.clone(),
        }
    }
}

impl Sfu {
    /// What somebody is to get: sounds first, then pictures in the order of the wish.
    fn wanted_by(&self, guest: &Guest) -> Vec<(PeerId, Track)> {
        let heard = self
            .guests
            .iter()
            .filter(|other| other.peer != guest.peer && !guest.watch.unheard.contains(&other.peer));
        let sounds = heard.flat_map(|other| {
            let voice = self
                .voices
                .forwards(&other.peer)
                .then_some(Track::Microphone);
            let tracks = voice.into_iter().chain([Track::ScreenAudio]);
            let sent = tracks.filter(|track| other.publishes(*track));
            sent.map(|track| (other.peer.clone(), track))
        });
        let pictures = guest.watch.pictures.iter().flat_map(|wish| {
            let sizes = [
                (Track::ScreenVideo, wish.screen),
                (Track::Camera, wish.camera),
            ];
            let other = self.guest(&wish.peer);
            let shown = sizes.into_iter().filter(move |(track, size)| {
                *size != ViewedSize::Hidden && other.is_some_and(|other| other.publishes(*track))
            });
            shown.map(|(track, _)| (wish.peer.clone(), track))
        });
        sounds.chain(pictures).collect()
    }

    /// Puts everybody into the slots of everybody, and tells what is different.
    pub(crate) fn assign(&mut self, now: u64, timestamp: impl Fn(u64) -> u32) {
        for place in 0..self.guests.len() {
            let wanted = self.wanted_by(&self.guests[place]);
            let comes = |owner: &(PeerId, Track)| {
                let session = self.guest(&owner.0).and_then(|it| it.session.as_ref());
                session.is_some_and(|it| it.arriving[owner.1 as usize])
            };
            let coming: Vec<bool> = wanted.iter().map(comes).collect();
            let guest = &mut self.guests[place];
            let (seen, number) = (guest.seen, guest.map_number);
            let Some(session) = guest.session.as_mut().filter(|session| session.stands) else {
                continue;
            };
            for place in &mut session.places {
                if place
                    .owner
                    .as_ref()
                    .is_some_and(|owner| !wanted.contains(owner))
                {
                    place.owner = None;
                    place.from = None;
                    place.freed_in = number + 1;
                }
            }
            for (owner, is_coming) in wanted.iter().zip(coming) {
                let places = &mut session.places;
                let known = places
                    .iter_mut()
                    .find(|it| it.owner.as_ref() == Some(owner));
                if let Some(place) = known {
                    let is_awaited = owner.1.is_picture() && place.from.is_none();
                    if !is_coming && is_awaited {
                        place.since = now;
                    }
                    if is_coming && is_awaited && now >= place.since + KEYFRAME_MS {
                        place.from = Some(timestamp(now));
                    }
                    continue;
                }
                let is_picture = owner.1.is_picture();
                let free = places.iter_mut().filter(|place| {
                    place.owner.is_none()
                        && place.is_of_pictures() == is_picture
                        && (!is_picture || place.freed_in <= seen)
                });
                if let Some(place) = free.min_by_key(|place| place.freed_in) {
                    place.owner = Some(owner.clone());
                    place.since = now;
                }
            }
            let carrying = session.places.iter().filter_map(|place| {
                let (peer, track) = place.owner.clone()?;
                Some(Slot {
                    mid: place.mid.clone(),
                    peer,
                    track,
                    from: place.from,
                    paused: false,
                })
            });
            let map: Vec<Slot> = carrying.collect();
            if map != guest.map {
                guest.map = map;
                guest.map_number += 1;
                let message = SfuMessage::Slots(guest.slot_map());
                self.outbox.push((guest.peer.clone(), message));
            }
        }
    }

    /// What comes to somebody in a slot now.
    pub(crate) fn carried(&self, to: &PeerId, mid: &str) -> Option<(PeerId, Track)> {
        let session = self.guest(to)?.session.as_ref()?;
        let place = session.places.iter().find(|place| place.mid == mid)?;
        let (peer, track) = place.owner.as_ref()?;
        let theirs = self.guest(peer)?.session.as_ref()?;
        let is_begun = !track.is_picture() || place.from.is_some();
        let comes = theirs.stands && theirs.arriving[*track as usize];
        (is_begun && comes).then(|| (peer.clone(), *track))
    }
}
