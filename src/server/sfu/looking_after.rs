//! What is done for every room ten times a second: who is heard, who is seen in which size, what has to be told, and whose
//! silence is to be broken.
//!
//! Invariant: nothing here is done for a packet; a room in which nothing changes costs next to nothing.

use std::collections::HashMap;
use std::time::Instant;

use super::core::Core;
use super::keys::{MemberId, RoomKey};
use super::member::{Member, Source};
use super::room::Room;
use crate::protocol::sfu::{Layer, SfuMessage, SfuSend, Track};

/// Which layers of what are wanted by anybody. What is watched, but not affordable to anybody, has none.
type Wanted = HashMap<(MemberId, Track), Vec<Layer>>;

impl Core {
    /// Looks after every room.
    pub(super) fn look_after_rooms(&mut self, now: Instant) {
        let members = self.members.iter().flatten();
        self.sharers = members.filter(|member| member.is_connected()).count();
        self.figures.sessions.set(self.sharers);
        self.figures.rooms.set(self.rooms.len());
        let keys: Vec<RoomKey> = self.rooms.keys().copied().collect();
        for key in keys {
            // Taken out, so that it can be read while its members change.
            let Some(mut room) = self.rooms.get_mut(&key).map(std::mem::take) else {
                continue;
            };
            self.look_after(&mut room, now);
            room.is_dirty |= self.rooms.get(&key).is_some_and(|it| it.is_dirty);
            self.rooms.insert(key, room);
        }
        let members = self.members.iter().flatten();
        let pictures = members.flat_map(|member| &member.pictures);
        let paused = pictures.filter(|section| section.is_paused);
        self.figures.paused.set(paused.count());
    }

    fn look_after(&mut self, room: &mut Room, now: Instant) {
        let is_dirty = std::mem::take(&mut room.is_dirty);
        if is_dirty {
            self.note_voices(room);
        }
        let is_dirty = room.has_other_voices() || is_dirty;
        let mut has_changed = is_dirty;
        for id in &room.members {
            let member = self.members[*id].as_ref();
            if is_dirty || member.is_some_and(|member| member.is_dirty) {
                has_changed |= self.assign(*id, room, now);
            }
        }
        if has_changed {
            self.note_takers(room);
        }
        for id in &room.members {
            self.report(*id, now);
            if let Some(member) = self.members[*id].as_mut() {
                member.is_dirty = false;
                if member.is_connected() && !member.pictures.is_empty() {
                    self.allot(*id, room, now);
                }
            }
        }
        let wanted = self.wanted(room);
        for id in &room.members {
            self.tell_what_to_send(*id, room, &wanted, now);
        }
        self.ask_for_keyframes(room, now);
        for id in &room.members {
            let member = self.members[*id].as_mut();
            if member.is_some_and(|member| member.has_new_slots()) {
                self.tell_slots(*id);
            }
            self.look_after_channels(*id, now);
        }
        self.report_carrying(room);
    }

    /// Tells a room whether any of its slots carries anybody.
    fn report_carrying(&self, room: &Room) {
        let members = room.members.iter();
        let mut members = members.filter_map(|id| self.members[*id].as_ref());
        let Some(first) = members.clone().next() else {
            return;
        };
        first.hearing.carries(members.any(Member::carries_anybody));
    }

    /// Says how many members are unmuted.
    fn speakers(&self, room: &Room) -> usize {
        let members = room.members.iter();
        let members = members.filter_map(|id| self.members[*id].as_ref());
        members.filter(|member| member.speaks()).count()
    }

    fn note_voices(&mut self, room: &mut Room) {
        for id in &room.members {
            let member = self.members[*id].as_ref();
            let speaks = member.is_some_and(|member| member.speaks());
            room.voices.set_muted(*id, !speaks);
        }
    }

    /// Says which layers of what anybody in a room wants.
    fn wanted(&self, room: &Room) -> Wanted {
        let mut wanted = Wanted::new();
        for id in &room.members {
            let Some(member) = self.members[*id].as_ref() else {
                continue;
            };
            for section in &member.pictures {
                let Some(owner) = section.owner else { continue };
                let layers = wanted.entry(owner).or_default();
                let carried = section.slot.wanted().map(|source| source.layer);
                for layer in section.asked.into_iter().chain(carried) {
                    if !layers.contains(&layer) {
                        layers.push(layer);
                    }
                }
            }
        }
        wanted
    }

    /// Tells a member which of their layers anybody wants, if they do not know.
    fn tell_what_to_send(&mut self, id: MemberId, room: &Room, wanted: &Wanted, now: Instant) {
        let is_choice = self.speakers(room) > room.voices.forwarded().len();
        let Some(member) = self.members[id].as_mut() else {
            return;
        };
        if !member.is_connected() {
            return;
        }
        let mut layers = |track: Track| -> Vec<Layer> {
            let Some(publication) = member.publication(track) else {
                return Vec::new();
            };
            let lowest = publication.layers.first().copied();
            let (layers, watched) = match wanted.get(&(id, track)) {
                Some(layers) => (layers.as_slice(), lowest),
                None => ([].as_slice(), None),
            };
            publication.wanted.want(layers, watched, now);
            publication.wanted.layers().collect()
        };
        let (camera, screen) = (layers(Track::Camera), layers(Track::ScreenVideo));
        let sound = [Track::Microphone, Track::ScreenAudio]
            .into_iter()
            .any(|track| {
                let publication = member.publications[track as usize].as_ref();
                publication.is_some_and(|publication| !publication.takers.is_empty())
            });
        // A voice that is not among the loudest has to be heard here to become one of them.
        let sound = sound || is_choice;
        let send = SfuSend {
            number: member.send.number,
            camera,
            screen,
            sound,
        };
        if std::mem::take(&mut member.is_send_due) || send != member.send {
            member.send = SfuSend {
                number: send.number + 1,
                ..send
            };
            member.tell(&SfuMessage::Send(member.send.clone()));
        }
    }

    /// Asks those for keyframes of whom somebody needs one.
    fn ask_for_keyframes(&mut self, room: &Room, now: Instant) {
        let mut needed: Vec<Source> = Vec::new();
        for id in &room.members {
            let Some(member) = self.members[*id].as_mut() else {
                continue;
            };
            let sections = member.pictures.iter_mut();
            needed.extend(sections.filter_map(|section| section.slot.keyframe_wanted(now)));
        }
        for source in needed {
            self.need_keyframe(source);
        }
        for id in &room.members {
            for track in [Track::Camera, Track::ScreenVideo] {
                let member = self.members[*id].as_mut();
                let publication = member.and_then(|member| member.publication(track));
                let Some(publication) = publication else {
                    continue;
                };
                let layers: Vec<Layer> = publication.keyframes_to_ask(now).collect();
                for layer in layers {
                    self.figures.keyframe_requests.add(1);
                    self.with_session(*id, |session| session.ask_for_keyframe(track, layer));
                    self.touch(*id);
                }
            }
        }
    }
}
