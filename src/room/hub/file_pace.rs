//! The pace at which content of files goes over the hub: the server takes so much of each person and cuts off who sends faster, and
//! whoever cannot follow is sent less of it than others.
//!
//! Pure. Invariant: what waits here counts as waiting to be sent, and those for whom something waits share the room that one of them
//! would have in a channel: whoever sends files to many never puts in much more than that.

use super::file_lane::{BURST_MS, FileLane, duration_ms};
use crate::protocol::PeerId;
use crate::room::messaging::channel::frame::Frame;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;

/// A server that does not say how much it takes of each person takes so many bit/s.
const USUAL_BITS_PER_SECOND: u64 = 8_000_000;

/// Frames of content that wait, by whom they are for.
#[derive(Clone, Debug)]
pub(super) struct FilePace {
    lanes: OrderedMap<PeerId, FileLane>,
    /// The next may go out then, whoever it is for.
    next: Moment,
    /// The server takes so many bit/s.
    taken: u64,
    /// So many frames went out.
    sent: u64,
}

impl Default for FilePace {
    fn default() -> Self {
        Self {
            lanes: OrderedMap::new(),
            next: Moment(0),
            taken: USUAL_BITS_PER_SECOND,
            sent: 0,
        }
    }
}

impl FilePace {
    /// The server takes so many bit/s of each person; `None` where it does not say.
    pub(super) fn set_rate(&mut self, bits_per_second: Option<u64>) {
        self.taken = bits_per_second.unwrap_or(USUAL_BITS_PER_SECOND);
    }

    /// What somebody was sent begins anew: less goes out to them if their line did not take it ([`FileLane::begin_anew`]).
    pub(super) fn begin_anew(&mut self, peer: &PeerId, now: Moment) {
        if let Some(lane) = self.lanes.get_mut(peer) {
            lane.follow(self.taken, now);
            lane.begin_anew(self.taken, now);
        }
    }

    /// How many bytes wait.
    pub(super) fn bytes(&self) -> u64 {
        self.lanes.values().map(FileLane::bytes).sum()
    }

    /// How full a channel is, as each of those has to be told to whom something goes: what waits for all of them, if as much waited for
    /// each as for this one.
    pub(super) fn fullness(&self) -> impl Iterator<Item = (&PeerId, u64)> {
        let holding = self.lanes.values().filter(|lane| lane.holds()).count() as u64;
        let known = self.lanes.iter().filter(|(_, lane)| lane.is_known());
        known.map(move |(peer, lane)| (peer, lane.bytes().saturating_mul(holding)))
    }

    /// Adds a frame for somebody.
    pub(super) fn push(&mut self, to: PeerId, frame: Frame) {
        self.lanes
            .get_or_insert_with(to, FileLane::default)
            .push(frame);
    }

    /// Whether something waits for somebody.
    pub(super) fn holds_for(&self, peer: &PeerId) -> bool {
        self.lanes.get(peer).is_some_and(FileLane::holds)
    }

    /// Whether something waits for somebody, or went out to them since it began anew.
    pub(super) fn knows(&self, peer: &PeerId) -> bool {
        self.lanes.get(peer).is_some_and(FileLane::is_known)
    }

    /// Lets go of what waits for somebody.
    pub(super) fn forget(&mut self, peer: &PeerId) {
        if let Some(lane) = self.lanes.get_mut(peer) {
            lane.clear();
        }
        self.forget_useless();
    }

    /// Lets go of everything that waits.
    pub(super) fn clear(&mut self) {
        for lane in self.lanes.values_mut() {
            lane.clear();
        }
        self.forget_useless();
    }

    fn forget_useless(&mut self) {
        self.lanes.retain(|_, lane| lane.is_of_use());
    }

    /// When something may go out; nothing while nothing waits.
    pub(super) fn next_deadline(&self) -> Option<Moment> {
        let first = self.lanes.values().filter_map(FileLane::due).min();
        first.map(|due| due.max(self.next))
    }

    /// Takes out what may go out now, with whom it is for: of those who can take something whoever was sent nothing the longest.
    pub(super) fn take(&mut self, now: Moment) -> Vec<(PeerId, Frame)> {
        self.next = self.next.max(Moment(now.0.saturating_sub(BURST_MS)));
        for lane in self.lanes.values_mut() {
            lane.follow(self.taken, now);
        }
        self.forget_useless();
        let mut frames = Vec::new();
        while self.next <= now {
            let lanes = self.lanes.iter_mut();
            let due = lanes.filter(|(_, lane)| lane.due().is_some_and(|due| due <= now));
            let Some((peer, lane)) = due.min_by_key(|(_, lane)| lane.turn()) else {
                break;
            };
            let Some(frame) = lane.take(self.sent + 1) else {
                break;
            };
            self.sent += 1;
            let duration = duration_ms(frame.size() as u64, self.taken);
            self.next = self.next.plus(duration);
            frames.push((peer.clone(), frame));
        }
        frames
    }
}

#[cfg(test)]
#[path = "tests/file_pace.rs"]
mod tests;
