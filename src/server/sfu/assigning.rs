//! Which slot of a member carries whom.
//!
//! Invariant: a slot keeps its person as long as they are wanted, so that nothing changes hands without need; of the free
//! slots the one that has been free the longest is taken, whose last frames are long gone.

use std::time::Instant;

use super::core::Core;
use super::keys::MemberId;
use super::member::Member;
use super::room::Room;
use crate::protocol::sfu::{PictureWish, SfuMessage, Slot, SlotMap, Track, ViewedSize};

/// Somebody's picture that a member wants to see, and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Viewed {
    /// Whose, and which.
    pub(super) source: (MemberId, Track),
    /// So large.
    pub(super) size: ViewedSize,
}

impl Core {
    /// Gives a member's slots to those whom they are to hear and see. Says whether anything changed.
    pub(super) fn assign(&mut self, id: MemberId, room: &Room, now: Instant) -> bool {
        let heard = self.heard_by(id, room);
        let viewed: Vec<_> = self
            .viewed_by(id, room)
            .iter()
            .map(|it| it.source)
            .collect();
        let Some(member) = self.members[id].as_mut() else {
            return false;
        };
        let sounds = assign_sounds(member, &heard, now);
        let pictures = assign_pictures(member, &viewed, now);
        member.are_slots_new |= sounds || pictures;
        sounds || pictures
    }

    /// Frees every slot that carries somebody who leaves: their place may be another's soon.
    pub(super) fn free_slots_of(&mut self, leaver: MemberId, now: Instant) {
        for member in self.members.iter_mut().flatten() {
            let number = member.map.number + 1;
            for section in &mut member.sounds {
                if section
                    .carries
                    .is_some_and(|(carried, _)| carried == leaver)
                {
                    section.give(None, now);
                    member.are_slots_new = true;
                }
            }
            for section in &mut member.pictures {
                if section.owner.is_some_and(|(owner, _)| owner == leaver) {
                    section.free(number, now);
                    member.are_slots_new = true;
                }
            }
        }
    }

    /// Says whose sound a member is to hear.
    fn heard_by(&self, id: MemberId, room: &Room) -> Vec<(MemberId, Track)> {
        let Some(member) = self.members[id].as_ref() else {
            return Vec::new();
        };
        let mut heard = Vec::new();
        for other in room.members.iter().copied().filter(|other| *other != id) {
            let Some(sender) = self.members[other].as_ref() else {
                continue;
            };
            if member.unheard.contains(&sender.peer) || !sender.is_connected() {
                continue;
            }
            for track in [Track::Microphone, Track::ScreenAudio] {
                let is_forwarded = track == Track::ScreenAudio || room.voices.is_forwarded(other);
                let is_sent = sender.publications[track as usize].is_some();
                if is_sent && is_forwarded && sender.says_to_send(track) {
                    heard.push((other, track));
                }
            }
        }
        heard
    }

    /// Says whose pictures a member wants to see of those that are sent, the most important first.
    pub(super) fn viewed_by(&self, id: MemberId, room: &Room) -> Vec<Viewed> {
        let Some(member) = self.members[id].as_ref() else {
            return Vec::new();
        };
        let mut viewed = Vec::new();
        for PictureWish {
            peer,
            camera,
            screen,
        } in &member.watch.pictures
        {
            let mut others = room.members.iter().copied();
            let other = others.find(|other| {
                let sender = self.members[*other].as_ref();
                *other != id && sender.is_some_and(|sender| sender.peer == *peer)
            });
            let Some(other) = other else { continue };
            for (track, size) in [(Track::ScreenVideo, *screen), (Track::Camera, *camera)] {
                let source = (other, track);
                let is_known = viewed.iter().any(|it: &Viewed| it.source == source);
                if size != ViewedSize::Hidden && !is_known && self.sends(source) {
                    viewed.push(Viewed { source, size });
                }
            }
        }
        viewed
    }

    fn sends(&self, (member, track): (MemberId, Track)) -> bool {
        let sender = self.members[member].as_ref();
        sender.is_some_and(|sender| {
            sender.is_connected()
                && sender.publications[track as usize].is_some()
                && sender.says_to_send(track)
        })
    }

    /// Says who takes what in a room: whose slots carry which publication.
    pub(super) fn note_takers(&mut self, room: &Room) {
        for id in &room.members {
            let Some(member) = self.members[*id].as_mut() else {
                continue;
            };
            for publication in member.publications.iter_mut().flatten() {
                publication.takers.clear();
            }
        }
        let mut taken = Vec::new();
        for id in &room.members {
            let Some(member) = self.members[*id].as_ref() else {
                continue;
            };
            let sounds = member.sounds.iter().map(|section| section.carries);
            let pictures = member.pictures.iter().map(|section| section.owner);
            for (index, source) in sounds.enumerate().chain(pictures.enumerate()) {
                taken.extend(source.map(|source| (source, (*id, index))));
            }
        }
        for ((sender, track), taker) in taken {
            let sender = self.members.get_mut(sender).and_then(Option::as_mut);
            if let Some(publication) = sender.and_then(|sender| sender.publication(track)) {
                publication.takers.push(taker);
            }
        }
    }

    /// Tells a member whom their slots carry, if they do not know.
    pub(super) fn tell_slots(&mut self, id: MemberId) {
        let Some(member) = self.members[id].as_ref() else {
            return;
        };
        let mut slots = Vec::new();
        for section in &member.sounds {
            let slot = section
                .carries
                .and_then(|source| self.slot(section.mid, source));
            slots.extend(slot);
        }
        for section in &member.pictures {
            let slot = section
                .owner
                .and_then(|source| self.slot(section.mid, source));
            slots.extend(slot.map(|slot| Slot {
                from: section.slot.first_timestamp(),
                paused: section.is_paused,
                ..slot
            }));
        }
        let Some(member) = self.members[id].as_mut() else {
            return;
        };
        member.are_slots_new = false;
        for section in &mut member.pictures {
            section.told_from = section.slot.first_timestamp();
        }
        if std::mem::take(&mut member.is_map_due) || slots != member.map.slots {
            member.map = SlotMap {
                number: member.map.number + 1,
                slots,
            };
            member.tell(&SfuMessage::Slots(member.map.clone()));
        }
    }

    fn slot(&self, mid: str0m::media::Mid, (other, track): (MemberId, Track)) -> Option<Slot> {
        Some(Slot {
            mid: mid.to_string(),
            peer: self.members[other].as_ref()?.peer.clone(),
            track,
            from: None,
            paused: false,
        })
    }
}

fn assign_sounds(member: &mut Member, wanted: &[(MemberId, Track)], now: Instant) -> bool {
    let mut changed = false;
    for section in &mut member.sounds {
        let keeps = section.carries.is_none_or(|it| wanted.contains(&it)) && section.is_open;
        if section.carries.is_some() && !keeps {
            section.give(None, now);
            changed = true;
        }
    }
    for source in wanted {
        if member.sounds.iter().any(|it| it.carries == Some(*source)) {
            continue;
        }
        let free = member
            .sounds
            .iter_mut()
            .filter(|it| it.carries.is_none() && it.is_open);
        if let Some(section) = free.min_by_key(|section| section.since) {
            section.give(Some(*source), now);
            changed = true;
        }
    }
    changed
}

fn assign_pictures(member: &mut Member, wanted: &[(MemberId, Track)], now: Instant) -> bool {
    let mut changed = false;
    let open = member.pictures.iter().filter(|it| it.is_open).count();
    // What there is no slot for has to wait for one.
    let wanted = &wanted[..wanted.len().min(open)];
    let number = member.map.number + 1;
    for section in &mut member.pictures {
        let keeps = section.owner.is_none_or(|it| wanted.contains(&it)) && section.is_open;
        if section.owner.is_some() && !keeps {
            section.free(number, now);
            changed = true;
        }
    }
    for source in wanted {
        if member.pictures.iter().any(|it| it.owner == Some(*source)) {
            continue;
        }
        let free = member
            .pictures
            .iter_mut()
            .filter(|it| it.owner.is_none() && it.is_open);
        if let Some(section) = free.min_by_key(|section| section.since) {
            section.owner = Some(*source);
            section.since = now;
            changed = true;
        }
    }
    changed
}
