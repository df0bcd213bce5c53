//! Who comes, goes and says what in the rooms of a shard.
//!
//! Invariant: a member is in one room from their first letter to their last, whatever becomes of their sessions.

use std::time::Instant;

use super::channels::SenderQuotas;
use super::core::Core;
use super::demux::Demux;
use super::keys::{MemberId, SeatKey};
use super::letterbox::{Letter, Post, Seated};
use super::member::Member;
use super::outgoing::Outgoing;
use super::policing::Intake;
use super::relayed::Relayed;
use super::timers::Timers;
use crate::protocol::sfu::{SfuSend, SlotMap, Watch};

impl Core {
    /// Takes what the letterbox had.
    pub(super) fn read(&mut self, post: Post, now: Instant) {
        for (seat, letter) in post.letters {
            self.read_letter(seat, letter, now);
        }
        for room in post.closed {
            let members = self.rooms.remove(&room).map(|room| room.members);
            for member in members.unwrap_or_default() {
                self.remove(member);
            }
        }
    }

    fn read_letter(&mut self, seat: SeatKey, letter: Letter, now: Instant) {
        if letter.is_free {
            if let Some(member) = self.seats.get(&seat).copied() {
                self.leave(member, now);
            }
            return;
        }
        if let Some(seated) = letter.seated {
            self.seat(seat, seated, now);
        }
        let Some(id) = self.seats.get(&seat).copied() else {
            return;
        };
        let Some(member) = self.members[id].as_mut() else {
            return;
        };
        if let Some(media) = letter.media {
            member.media = media;
            self.stir(id);
        }
        if let Some(offer) = letter.offer {
            self.answer(id, offer, now);
        }
        let Some(member) = self.members[id].as_mut() else {
            return;
        };
        if let Some(seen) = letter.seen {
            for section in &mut member.pictures {
                section.slot.seen(seen);
            }
        }
        if let Some(watch) = letter.watch
            && watch.number > member.watch.number
        {
            member.unheard = watch.unheard.iter().cloned().collect();
            member.watch = watch;
            member.is_dirty = true;
            self.look_after_soon(now);
        }
    }

    /// Gives somebody their seat, or writes to them over another socket from now on.
    fn seat(&mut self, seat: SeatKey, seated: Seated, now: Instant) {
        let Seated {
            room,
            peer,
            client,
            hearing,
        } = seated;
        if let Some(id) = self.seats.get(&seat).copied() {
            if let Some(member) = self.members[id].as_mut() {
                member.client = client;
                // Whoever comes back may have a new page, which counts anew, and may have missed what was said meanwhile.
                member.watch.number = 0;
                member.are_slots_new = true;
                member.is_map_due = true;
                member.is_send_due = true;
                member.is_dirty = true;
            }
            return;
        }
        let free = self.members.iter().position(Option::is_none);
        let id = free.unwrap_or(self.members.len());
        if id == self.members.len() {
            self.members.push(None);
        }
        self.members[id] = Some(Member {
            seat,
            room,
            peer,
            client,
            hearing,
            told: None,
            media: Default::default(),
            session: None,
            publications: [None, None, None, None],
            liveness: Default::default(),
            sounds: Vec::new(),
            pictures: Vec::new(),
            intake: Intake::new(self.files, now),
            watch: Watch::default(),
            unheard: Default::default(),
            allocator: Default::default(),
            quotas: SenderQuotas::full(self.files, now),
            queue: Default::default(),
            beat: None,
            is_send_due: true,
            is_map_due: false,
            map: SlotMap::default(),
            send: SfuSend::default(),
            is_dirty: true,
            are_slots_new: false,
            is_touched: false,
        });
        self.seats.insert(seat, id);
        let room = self.rooms.entry(room).or_default();
        room.members.push(id);
        self.stir(id);
        self.look_after_soon(now);
    }

    /// Takes somebody out of their room.
    fn leave(&mut self, id: MemberId, now: Instant) {
        let Some(member) = self.members[id].as_ref() else {
            return;
        };
        let key = member.room;
        self.stir(id);
        self.free_slots_of(id, now);
        if let Some(room) = self.rooms.get_mut(&key) {
            room.members.retain(|it| *it != id);
            room.voices.leave(id);
            if room.members.is_empty() {
                self.rooms.remove(&key);
                if let Some(last) = self.members[id].as_ref() {
                    last.hearing.carries(false);
                }
            }
        }
        self.remove(id);
        self.look_after_soon(now);
    }

    /// Forgets a member who is in no room any more.
    fn remove(&mut self, id: MemberId) {
        if let Some(member) = self.members[id].take() {
            self.seats.remove(&member.seat);
        }
        self.demux.forget(id);
        self.timers.cancel(id);
    }

    /// Begins anew after something broke that is no session's: the seats stay, the sessions are gone, and their clients make new
    /// ones.
    pub(super) fn begin_anew(&mut self, now: Instant) {
        let members = std::mem::take(&mut self.members);
        self.seats.clear();
        self.rooms.clear();
        self.demux = Demux::default();
        self.timers = Timers::default();
        self.outgoing = Outgoing::default();
        self.relayed = Relayed::default();
        self.forget_touches();
        for member in members.into_iter().flatten() {
            let (seat, media, told) = (member.seat, member.media, member.told);
            let quotas = member.quotas;
            let seated = Seated {
                room: member.room,
                peer: member.peer,
                client: member.client,
                hearing: member.hearing,
            };
            self.seat(seat, seated, now);
            if let Some(member) = self
                .seats
                .get(&seat)
                .and_then(|id| self.members[*id].as_mut())
            {
                member.media = media;
                member.told = told;
                member.quotas = quotas;
            }
        }
    }
}
