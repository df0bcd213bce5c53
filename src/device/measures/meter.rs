//! What is measured of one participant: how they came in, and which tracks reach them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::run::Run;
use super::tally::Phase;
use crate::protocol::PeerId;
use crate::room::TrackKind;

/// A track that brought nothing for so long does not arrive any more: pictures that a line does not take are left out up to the next
/// key frame, which comes after ten seconds, and it is a part of a second before it is known here what came.
const SILENT: Duration = Duration::from_secs(12);

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
}

impl Meter {
    /// Of somebody who has done nothing yet.
    pub(crate) fn new(run: Arc<Run>) -> Self {
        Self {
            run,
            arrival: Mutex::default(),
            tracks: Mutex::default(),
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
    pub(crate) fn tracks_of(&self, is_counted: impl Fn(&PeerId) -> bool, now: Instant) -> usize {
        let tracks = self.tracks.lock();
        let arrive = tracks.iter().filter(|((whose, _), last)| {
            is_counted(whose) && now.saturating_duration_since(**last) < SILENT
        });
        arrive.count()
    }

    /// These tracks of somebody brought something last then.
    pub(super) fn tracks_came(
        &self,
        whose: &PeerId,
        tracks: impl IntoIterator<Item = (TrackKind, Instant)>,
    ) {
        let mut known = self.tracks.lock();
        for (kind, last) in tracks {
            known.insert((whose.clone(), kind), last);
        }
    }

    /// Nothing of somebody arrives any more.
    pub(super) fn tracks_went(&self, whose: &PeerId) {
        self.tracks.lock().retain(|(of, _), _| of != whose);
    }
}
