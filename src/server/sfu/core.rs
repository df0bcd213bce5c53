//! The rules of a shard of the SFU, without a socket and without a clock: letters, datagrams and time in, datagrams and
//! messages out.
//!
//! Invariant: what one session does, be it a panic of the library, ends that session alone.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::demux::{Demux, Owner};
use super::figures::Figures;
use super::keys::{MemberId, RoomKey, SeatKey};
use super::load::Load;
use super::member::Member;
use super::outgoing::{ENOUGH, Outgoing};
use super::relayed::Relayed;
use super::room::Room;
use super::session::{Ground, Session, SessionOutput};
use super::timers::Timers;
use super::ways::{Arrival, Departure, Ways};
use crate::protocol::sfu::SfuAvailability;
use crate::server::net::reached_at::ReachedAt;

/// Rooms are looked after this often.
pub(super) const LOOK_AFTER: Duration = Duration::from_millis(100);

/// The longest a session is let ahead of the clock, so that packets go out in batches.
const AHEAD: Duration = Duration::from_micros(300);

/// A session takes so many steps before the others have their turn, should the library not let it rest.
const STEPS: usize = 1_024;

/// With so many sessions that something was done to, it is time to see what they have to send.
const MANY: usize = 128;

/// What an answer names as the server's addresses, for a client who reached the server like this.
pub(super) type Candidates = Box<dyn Fn(ReachedAt) -> Vec<SocketAddr> + Send>;

/// A shard.
pub(super) struct Core {
    /// Every session stands on this.
    pub(super) ground: Ground,
    /// Answers name these.
    pub(super) candidates: Candidates,
    /// The members, each in a place of their own.
    pub(super) members: Vec<Option<Member>>,
    /// Whoever has this seat is that member.
    pub(super) seats: HashMap<SeatKey, MemberId>,
    /// So many members had a connection when the rooms were last looked after.
    pub(super) sharers: usize,
    /// So much is there to do.
    pub(super) load: Load,
    /// All of them together are sent no more than this, in bits/s.
    pub(super) bandwidth: f64,
    /// The rooms of this shard.
    pub(super) rooms: HashMap<RoomKey, Room>,
    /// Datagrams find their member by this.
    pub(super) demux: Demux<MemberId>,
    /// Sessions are told of the time by this.
    pub(super) timers: Timers<MemberId>,
    /// These are to be sent, in order.
    pub(super) outgoing: Outgoing,
    /// These are to be passed to clients of the relay, in order.
    pub(super) relayed: Relayed,
    /// Rooms are next looked after then.
    look_after: Instant,
    /// Each member may send so many Mbit/s of files.
    pub(super) files: u32,
    /// So many sessions were opened.
    pub(super) sessions: u64,
    /// What happens is counted here.
    pub(super) figures: Arc<Figures>,
    /// Something was done to the sessions of these.
    touched: Vec<MemberId>,
    /// It is time for these; it is kept for its memory.
    due: Vec<MemberId>,
    /// Sessions' events pass through this; it is kept for its memory.
    events: Vec<SessionOutput>,
}

impl Core {
    /// A shard without rooms, through which each member may send `files` Mbit/s of files.
    pub(super) fn new(
        ground: Ground,
        candidates: Candidates,
        bandwidth: f64,
        files: u32,
        figures: Arc<Figures>,
        now: Instant,
    ) -> Self {
        Self {
            ground,
            candidates,
            bandwidth,
            sharers: 0,
            load: Load::default(),
            members: Vec::new(),
            seats: HashMap::new(),
            rooms: HashMap::new(),
            demux: Demux::default(),
            timers: Timers::default(),
            outgoing: Outgoing::default(),
            relayed: Relayed::default(),
            look_after: now,
            files,
            sessions: 0,
            figures,
            touched: Vec::new(),
            due: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Takes a datagram. Says whether another may come before what is to be sent is sent.
    pub(super) fn receive(&mut self, arrival: Arrival, datagram: &[u8]) -> ControlFlow<()> {
        self.figures.packets_in.add(1);
        let length = u64::try_from(datagram.len()).unwrap_or(u64::MAX);
        self.figures.bytes_in.add(length);
        let Some(owner) = self.demux.find(arrival.from, datagram, arrival.at) else {
            self.figures.unknown.add(1);
            return ControlFlow::Continue(());
        };
        let id = owner.session();
        let member = self.members.get_mut(id).and_then(Option::as_mut);
        if !member.is_some_and(|member| member.intake.take(datagram.len(), arrival.at)) {
            self.figures.refused.add(1);
            return ControlFlow::Continue(());
        }
        let taken = self.with_sending(id, |session, ways| session.receive(arrival, datagram, ways));
        if taken == Some(true) {
            if let Owner::Claimed(claim) = owner {
                self.demux.bind(claim);
            }
            self.touch(id);
            // The next datagram is taken when this one's outputs are.
            self.drain(id, arrival.at);
            if self.touched.len() >= MANY {
                self.settle(arrival.at);
            }
        }
        match self.outgoing.count() + self.relayed.count() {
            ENOUGH.. => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, now: Instant) {
        let until = now + AHEAD;
        let mut due = std::mem::take(&mut self.due);
        due.extend(self.timers.due(until));
        for id in due.drain(..) {
            self.with_sending(id, |session, ways| {
                // What the timer was set for may not be wanted any more.
                session.pass(session.next().clamp(now, until), ways);
            });
            self.touch(id);
        }
        self.due = due;
        if self.look_after <= now {
            self.look_after = now + LOOK_AFTER;
            self.look_after_rooms(now);
        }
        self.settle(now);
    }

    /// Says when [`Self::pass`] is needed next; `None` while nobody is there.
    pub(super) fn next_deadline(&mut self) -> Option<Instant> {
        let rooms = (!self.rooms.is_empty()).then_some(self.look_after);
        self.timers.next().into_iter().chain(rooms).min()
    }

    /// Looks after the rooms at the next opportunity.
    pub(super) fn look_after_soon(&mut self, now: Instant) {
        self.look_after = self.look_after.min(now);
    }

    /// Does something to a session. Whatever the library does then, the others go on.
    pub(super) fn with_session<T>(
        &mut self,
        id: MemberId,
        change: impl FnOnce(&mut Session) -> T,
    ) -> Option<T> {
        let session = self.members.get_mut(id)?.as_mut()?.session.as_mut()?;
        match catch_unwind(AssertUnwindSafe(|| change(session))) {
            Ok(result) => Some(result),
            Err(_) => {
                self.figures.panics.add(1);
                self.end_session(id);
                None
            }
        }
    }

    /// Does something to a session that may send.
    pub(super) fn with_sending<T>(
        &mut self,
        id: MemberId,
        change: impl FnOnce(&mut Session, &mut Ways<'_>) -> T,
    ) -> Option<T> {
        let session = self.members.get_mut(id)?.as_mut()?.session.as_mut()?;
        let mut ways = Ways {
            outgoing: &mut self.outgoing,
            relayed: &mut self.relayed,
        };
        match catch_unwind(AssertUnwindSafe(|| change(session, &mut ways))) {
            Ok(result) => Some(result),
            Err(_) => {
                self.figures.panics.add(1);
                self.end_session(id);
                None
            }
        }
    }

    /// Sets when a session is told of the time next.
    fn set_timer(&mut self, id: MemberId, when: Instant) {
        self.timers.set(id, when);
        let member = self.members.get_mut(id).and_then(Option::as_mut);
        if let Some(session) = member.and_then(|member| member.session.as_mut()) {
            session.timer = when;
        }
    }

    /// Sees to it that a session to which a packet was given is told of the time early enough.
    pub(super) fn hasten(&mut self, id: MemberId) {
        let member = self.members.get(id).and_then(Option::as_ref);
        let Some(session) = member.and_then(|member| member.session.as_ref()) else {
            return;
        };
        let next = session.next();
        if next < session.timer {
            self.set_timer(id, next);
        }
    }

    /// Notes that something was done to a session, which has outputs for it.
    pub(super) fn touch(&mut self, id: MemberId) {
        if let Some(member) = self.members[id].as_mut()
            && !member.is_touched
        {
            member.is_touched = true;
            self.touched.push(id);
        }
    }

    /// Forgets what was about to be done.
    pub(super) fn forget_touches(&mut self) {
        self.touched.clear();
        self.due.clear();
        self.events.clear();
    }

    /// Takes the outputs of every session that something was done to, until none has any for the moment.
    pub(super) fn settle(&mut self, now: Instant) {
        let until = now + AHEAD;
        while let Some(id) = self.touched.pop() {
            let Some(member) = self.members[id].as_mut() else {
                continue;
            };
            member.is_touched = false;
            self.write_messages(id);
            let mut steps = 0;
            while let Some(wake) = self.drain(id, now) {
                steps += 1;
                if wake > until || steps == STEPS {
                    self.set_timer(id, wake);
                    break;
                }
                // The library sends one packet each time.
                self.with_sending(id, |session, ways| session.pass(wake.max(now), ways));
            }
        }
    }

    /// Takes everything out of a session, and passes on what has come. Gives the time when it wants to be told of the time.
    fn drain(&mut self, id: MemberId, now: Instant) -> Option<Instant> {
        let mut events = std::mem::take(&mut self.events);
        let session = self.members.get_mut(id)?.as_mut()?.session.as_mut()?;
        let mut ways = Ways {
            outgoing: &mut self.outgoing,
            relayed: &mut self.relayed,
        };
        let drained = catch_unwind(AssertUnwindSafe(|| {
            session.drain(|output| match output {
                SessionOutput::Packet(Departure { to, by, bytes }) => ways.send(to, by, bytes),
                event => events.push(event),
            });
        }));
        let wake = session.next();
        if drained.is_err() {
            self.figures.panics.add(1);
            self.end_session(id);
        }
        for event in events.drain(..) {
            self.take(id, event, now);
        }
        self.events = events;
        drained.is_ok().then_some(wake)
    }

    fn take(&mut self, id: MemberId, output: SessionOutput, now: Instant) {
        match output {
            SessionOutput::Packet(..) => {}
            SessionOutput::Connected => {
                self.figures.handshakes.add(1);
                self.stir(id);
                self.look_after_soon(now);
            }
            SessionOutput::Over => self.end_session(id),
            SessionOutput::Media(track, layer, packet) => {
                self.forward(id, (track, layer), &packet, now);
            }
            SessionOutput::Channel(news) => self.hear_channel(id, news, now),
            SessionOutput::KeyframeWanted(mid) => self.picture_lost(id, mid),
        }
    }

    /// Ends somebody's session; they keep their seat.
    pub(super) fn end_session(&mut self, id: MemberId) {
        self.stir(id);
        self.forget_channels(id);
        let Some(member) = self.members[id].as_mut() else {
            return;
        };
        member.session = None;
        member.publications = [None, None, None, None];
        member.sounds.clear();
        member.pictures.clear();
        self.demux.forget(id);
        self.timers.cancel(id);
    }

    /// Notes that something changed that decides what everyone in somebody's room is sent.
    pub(super) fn stir(&mut self, id: MemberId) {
        let room = self.members[id].as_ref().map(|member| member.room);
        if let Some(room) = room.and_then(|room| self.rooms.get_mut(&room)) {
            room.is_dirty = true;
        }
    }

    /// Tells the rooms whom the SFU hears, as far as they have place for it.
    pub(super) fn report(&mut self, id: MemberId, now: Instant) {
        let Some(member) = self.members[id].as_mut() else {
            return;
        };
        member.liveness.expect(member.is_expected_to_send(), now);
        let is_heard = member.is_connected() && !member.liveness.is_silent(now);
        let news = match (is_heard, member.told) {
            (true, _) => SfuAvailability::Ready,
            (false, None) => return,
            (false, Some(_)) => SfuAvailability::Able,
        };
        if member.told != Some(news) && member.hearing.heard(&member.peer, news) {
            member.told = Some(news);
        }
    }
}

#[cfg(test)]
#[path = "tests/core_simulation/mod.rs"]
mod simulation;
#[cfg(test)]
#[path = "tests/core.rs"]
mod tests;
