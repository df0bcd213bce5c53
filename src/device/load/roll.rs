//! Who is there, and what became of those who are not.
//!
//! Invariant: a seat is of one visit at a time; what an earlier one says of it changes nothing.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::plan::Plan;
use crate::device::exit::JoinEnd;
use crate::device::measures::meter::{Meter, TrackCounts};
use crate::protocol::PeerId;

/// One visit to one seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VisitId {
    pub(super) seat: u32,
    number: u64,
}

/// How visits ended that were not to end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Losses {
    /// The server does not have them, for these reasons.
    pub(crate) refused: BTreeMap<String, u64>,
    /// The server was not reached, for these reasons.
    pub(crate) unreachable: BTreeMap<String, u64>,
    /// This machine did not give what they need.
    pub(crate) failed: BTreeMap<String, u64>,
}

/// What was counted of visits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// So many visits were begun.
    pub(crate) begun: u64,
    /// So many came into a room.
    pub(crate) joined: u64,
    /// How those ended that were not to end.
    pub(crate) losses: Losses,
    /// So often somebody in a room had no server any more.
    pub(crate) cut_off: u64,
    /// So often it was found again.
    pub(crate) reconnected: u64,
    /// So many messages were sent.
    pub(crate) messages: u64,
    /// So often a line was estimated to take less than its pictures, and some of them were left out.
    pub(crate) slow_lines: u64,
    /// Things that were not done, by their codes.
    pub(crate) errors: BTreeMap<&'static str, u64>,
}

/// Who reaches whom at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Presence {
    /// So many are in a room.
    pub(crate) inside: usize,
    /// So many of them have no server.
    pub(crate) cut_off: usize,
    /// So many tracks should arrive among them.
    pub(crate) expected: usize,
    /// So many of these do.
    pub(crate) got: usize,
}

#[derive(Debug, Default)]
struct Seat {
    /// The visits to it are numbered.
    visits: u64,
    /// Whoever is in the room; `None` while nobody is.
    somebody: Option<Somebody>,
}

#[derive(Debug)]
struct Somebody {
    peer: PeerId,
    since: Instant,
    /// They have no server.
    is_cut_off: bool,
    meter: Arc<Meter>,
}

/// Everybody.
#[derive(Debug, Default)]
pub(crate) struct Roll(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    seats: Vec<Seat>,
    counts: Counts,
}

impl Roll {
    /// Nobody is there, in so many seats.
    pub(crate) fn new(seats: u32) -> Self {
        Self(Mutex::new(State {
            seats: (0..seats).map(|_| Seat::default()).collect(),
            counts: Counts::default(),
        }))
    }

    /// Somebody sets out for a seat.
    pub(crate) fn begin(&self, seat: u32) -> VisitId {
        let mut state = self.0.lock();
        state.counts.begun += 1;
        let number = state.seat(seat).map_or(0, |seat| {
            seat.visits += 1;
            seat.somebody = None;
            seat.visits
        });
        VisitId { seat, number }
    }

    /// They are in the room.
    pub(crate) fn join(&self, visit: VisitId, peer: PeerId, meter: &Arc<Meter>, now: Instant) {
        let mut state = self.0.lock();
        let Some(seat) = state.seat_of(visit) else {
            return;
        };
        let is_new = seat.somebody.is_none();
        seat.somebody = Some(Somebody {
            peer,
            since: now,
            is_cut_off: false,
            meter: Arc::clone(meter),
        });
        state.counts.joined += u64::from(is_new);
    }

    /// Their visit is over.
    pub(crate) fn end(&self, visit: VisitId, end: &JoinEnd) {
        let mut state = self.0.lock();
        if let Some(seat) = state.seat_of(visit) {
            seat.somebody = None;
        }
        let losses = &mut state.counts.losses;
        let reasons = match end {
            JoinEnd::Left | JoinEnd::Interrupted => return,
            JoinEnd::Refused(_) => &mut losses.refused,
            JoinEnd::Unreachable(_) => &mut losses.unreachable,
            JoinEnd::Failed(_) | JoinEnd::Invalid(_) => &mut losses.failed,
        };
        *reasons.entry(end.reason()).or_default() += 1;
    }

    /// This machine does not give what a thread needs, and nobody on it sets out.
    pub(crate) fn fail(&self, reason: String) {
        let mut state = self.0.lock();
        *state.counts.losses.failed.entry(reason).or_default() += 1;
    }

    /// They are in the room, and have no server any more.
    pub(crate) fn cut_off(&self, visit: VisitId) {
        let mut state = self.0.lock();
        state.counts.cut_off += 1;
        state.set_cut_off(visit, true);
    }

    /// They had none, and have found it again.
    pub(crate) fn reconnect(&self, visit: VisitId) {
        let mut state = self.0.lock();
        state.counts.reconnected += 1;
        state.set_cut_off(visit, false);
    }

    /// A message was sent.
    pub(crate) fn count_message(&self) {
        self.0.lock().counts.messages += 1;
    }

    /// A line takes less than the pictures that are to go over it.
    pub(crate) fn count_slow_line(&self) {
        self.0.lock().counts.slow_lines += 1;
    }

    /// Something was not done.
    pub(crate) fn count_error(&self, code: &'static str) {
        *self.0.lock().counts.errors.entry(code).or_default() += 1;
    }

    /// What was counted so far.
    pub(crate) fn counts(&self) -> Counts {
        self.0.lock().counts.clone()
    }

    /// Who reaches whom among those who have been there for `settled` at this moment.
    pub(crate) fn presence(&self, plan: &Plan, settled: Duration, now: Instant) -> Presence {
        let state = self.0.lock();
        let mut rooms: Vec<Vec<(u32, &Somebody)>> = vec![Vec::new(); plan.rooms as usize];
        let mut presence = Presence::default();
        for (number, seat) in state.seats.iter().enumerate() {
            let Some(somebody) = &seat.somebody else {
                continue;
            };
            presence.inside += 1;
            presence.cut_off += usize::from(somebody.is_cut_off);
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let room = rooms.get_mut(plan.room_of(number) as usize);
            if let Some(room) = room
                && now.saturating_duration_since(somebody.since) >= settled
            {
                room.push((number, somebody));
            }
        }
        for room in rooms {
            let mut sent = TrackCounts::default();
            for (seat, _) in &room {
                let tracks = plan.sending(*seat).tracks();
                sent.sounds += tracks.sounds;
                sent.pictures += tracks.pictures;
            }
            let senders: HashSet<&PeerId> = room.iter().map(|(_, it)| &it.peer).collect();
            for (seat, somebody) in &room {
                let own = plan.sending(*seat).tracks();
                let expected = somebody.meter.expected(TrackCounts {
                    sounds: sent.sounds - own.sounds,
                    pictures: sent.pictures - own.pictures,
                });
                let meter = &somebody.meter;
                let got = meter.tracks_of(|peer| senders.contains(peer), now);
                presence.expected += expected.sounds + expected.pictures;
                // Who is loudest changes, and a track counts for some seconds after its last frame.
                presence.got += got.sounds.min(expected.sounds);
                presence.got += got.pictures.min(expected.pictures);
            }
        }
        presence
    }
}

impl State {
    fn seat(&mut self, seat: u32) -> Option<&mut Seat> {
        self.seats.get_mut(seat as usize)
    }

    fn set_cut_off(&mut self, visit: VisitId, is_cut_off: bool) {
        let seat = self.seat_of(visit);
        if let Some(somebody) = seat.and_then(|seat| seat.somebody.as_mut()) {
            somebody.is_cut_off = is_cut_off;
        }
    }

    /// The seat of a visit that is the last to it.
    fn seat_of(&mut self, visit: VisitId) -> Option<&mut Seat> {
        self.seat(visit.seat)
            .filter(|seat| seat.visits == visit.number)
    }
}

#[cfg(test)]
#[path = "tests/roll.rs"]
mod tests;
