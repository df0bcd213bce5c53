//! What is measured of one participant: how they came in, and which tracks reach them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::run::Run;
use super::tally::Phase;
use crate::device::media::stint::Stint;
use crate::protocol::PeerId;
use crate::room::{SlotCounts, TrackKind};

/// A track that brought nothing for so long does not arrive any more: pictures that a line does not take are left out up to the next
/// key frame, which comes after ten seconds, and it is a part of a second before it is known here what came.
const SILENT: Duration = Duration::from_secs(12);

/// The SFU passes on the voices of so many, and of more the loudest (docs/protocol.md, "The SFU").
const VOICES_OF_ALL: usize = 6;
const LOUDEST_VOICES: usize = 4;

/// How far somebody came.
#[derive(Clone, Copy, Debug, Default)]
enum Arrival {
    /// Nothing was tried.
    #[default]
    Outside,
    /// A socket was wanted then.
    Wanted(Instant),
    /// It was open then.
    Opened(Instant),
    /// They are in the room, and what follows is no joining.
    Inside,
}

/// What is measured of one participant.
#[derive(Debug)]
pub(crate) struct Meter {
    /// It is a part of this.
    pub(crate) run: Arc<Run>,
    arrival: Mutex<Arrival>,
    /// These tracks have arrived, and brought something last then.
    tracks: Mutex<HashMap<(PeerId, TrackKind), Instant>>,
    /// Others are taken in so many slots, while that goes through the SFU.
    slots: Mutex<Option<SlotCounts>>,
}

/// So many tracks of either medium.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TrackCounts {
    /// So many bring sound.
    pub(crate) sounds: usize,
    /// So many bring pictures.
    pub(crate) pictures: usize,
}

impl Meter {
    /// Of somebody who has done nothing yet.
    pub(crate) fn new(run: Arc<Run>) -> Self {
        Self {
            run,
            arrival: Mutex::default(),
            tracks: Mutex::default(),
            slots: Mutex::default(),
        }
    }

    /// A socket is wanted: the first of all counts, also where it fails and others follow.
    pub(crate) fn socket_wanted(&self, now: Instant) {
        let mut arrival = self.arrival.lock();
        if let Arrival::Outside = *arrival {
            *arrival = Arrival::Wanted(now);
        }
    }

    /// A socket is open.
    pub(crate) fn socket_opened(&self, now: Instant) {
        let mut arrival = self.arrival.lock();
        if let Arrival::Wanted(wanted) = *arrival {
            *arrival = Arrival::Opened(now);
            self.passed(Phase::Socket, wanted, now);
        }
    }

    /// The server lets them in.
    pub(crate) fn welcomed(&self, now: Instant) {
        let mut arrival = self.arrival.lock();
        if let Arrival::Opened(opened) = *arrival {
            *arrival = Arrival::Inside;
            self.passed(Phase::Welcome, opened, now);
        }
    }

    /// A step is done.
    pub(super) fn passed(&self, phase: Phase, since: Instant, now: Instant) {
        if self.run.goes_on() {
            let took = now.saturating_duration_since(since);
            self.run.add(|tally| tally.phase_mut(phase).add(took));
        }
    }

    /// How many of the tracks that arrive now are of these people.
    pub(crate) fn tracks_of(
        &self,
        is_counted: impl Fn(&PeerId) -> bool,
        now: Instant,
    ) -> TrackCounts {
        let tracks = self.tracks.lock();
        let mut arrive = TrackCounts::default();
        for ((whose, kind), last) in tracks.iter() {
            if is_counted(whose) && now.saturating_duration_since(*last) < SILENT {
                match kind.medium() {
                    "video" => arrive.pictures += 1,
                    _ => arrive.sounds += 1,
                }
            }
        }
        arrive
    }

    /// Others are taken in so many slots from now on; `None` where each comes over a connection of their own.
    pub(crate) fn set_slots(&self, slots: Option<SlotCounts>) {
        *self.slots.lock() = slots;
    }

    /// How many of the tracks that others send are to arrive.
    pub(crate) fn expected(&self, sent: TrackCounts) -> TrackCounts {
        let Some(slots) = *self.slots.lock() else {
            return sent;
        };
        let voices = match sent.sounds {
            ..=VOICES_OF_ALL => sent.sounds,
            _ => LOUDEST_VOICES,
        };
        TrackCounts {
            sounds: voices.min(slots.voices.into()),
            pictures: sent.pictures.min(slots.pictures.into()),
        }
    }

    /// These tracks brought something last then.
    pub(super) fn tracks_came<'a>(&self, tracks: impl IntoIterator<Item = (&'a Stint, Instant)>) {
        let mut known = self.tracks.lock();
        for (stint, last) in tracks {
            let track = known.entry((stint.whose.clone(), stint.kind));
            // It may have come over another connection since.
            let last_of_all = track.or_insert(last);
            *last_of_all = last.max(*last_of_all);
        }
    }

    /// A track does not come over one connection any more; over which it still comes, that tells it again.
    pub(super) fn track_went(&self, stint: &Stint) {
        let track = (stint.whose.clone(), stint.kind);
        self.tracks.lock().remove(&track);
    }
}
