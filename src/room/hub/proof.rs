//! The proof that a carrier brings what it is asked for, sample by sample.
//!
//! Responsible for what counts as evidence, and for how long it is waited for. Invariant: what came before a carrier was asked
//! proves nothing of it, as long as something else is heard or seen.

use super::carrier::CarrierFacts;
use crate::room::moment::Moment;
use crate::room::participant::TrackKind;
use crate::room::path::link::Carrier;

/// What arrived at most this long ago is arriving, in ms.
const FRESH_MS: u64 = 150;

/// Sound is proved by so many samples running.
const SOUND_SAMPLES: u32 = 5;

/// The first and the last sample that prove a sound lie at least this far apart, in ms: they are taken every 100 ms.
const SOUND_PROOF_MS: u64 = 400;

/// A picture is proved by so many samples running.
const PICTURE_SAMPLES: u32 = 2;

/// A picture is proved at the earliest so long after its first frame was seen, in ms: by then that is on the screen.
const PICTURE_PROOF_MS: u64 = 300;

/// A carrier that stands is given up when it does not bring what is sent for so long, in ms.
const PROOF_MS: u64 = 5_000;

/// A carrier that stands and brings it only now and then is given up after so long, in ms.
const LONGEST_PROOF_MS: u64 = 10_000;

/// A carrier that does not stand is given up after so long, in ms.
const STANDING_MS: u64 = 8_000;

/// How long ago each carrier last brought something of this kind from this person, in ms; `None` when it never did, or when
/// whose it is cannot be told. For a picture this is its last frame that was decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arrivals {
    /// Over the connection directly between the two of us.
    pub(crate) direct: Option<u64>,
    /// Over the SFU.
    pub(crate) hub: Option<u64>,
}

impl Arrivals {
    fn age(self, carrier: Carrier) -> Option<u64> {
        match carrier {
            Carrier::Direct => self.direct,
            Carrier::Hub => self.hub,
        }
    }
}

/// A carrier is asked for something, until it is proved to bring it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proof {
    /// This one is heard or seen meanwhile; `None` when none is yet.
    pub(super) from: Option<Carrier>,
    /// This one is to be proved.
    pub(super) to: Carrier,
    /// It was asked then.
    since: Moment,
    /// It stands since then; `None` while it does not.
    pub(super) standing: Option<Moment>,
    /// So many samples running showed that it brings what is asked for.
    good: u32,
    /// The first of the good samples was taken then.
    good_since: Moment,
    /// So many samples running showed that no sound comes over `from`, or over `to` while there is no `from`.
    stale: u32,
    /// While none is heard or seen, the other one is asked as well: it was to be proved before.
    is_other_asked: bool,
}

impl Proof {
    /// Nothing is known yet.
    pub(super) fn new(
        from: Option<Carrier>,
        to: Carrier,
        is_other_asked: bool,
        now: Moment,
    ) -> Self {
        Self {
            from,
            to,
            since: now,
            standing: None,
            good: 0,
            good_since: now,
            stale: 0,
            is_other_asked,
        }
    }

    /// Whether a carrier is asked. One that only might bring it as well is not where it cannot.
    pub(super) fn asks(&self, carrier: Carrier, facts: &CarrierFacts) -> bool {
        let is_other_asked = self.is_other_asked && facts.is_possible(carrier);
        self.to == carrier || self.from == Some(carrier) || is_other_asked
    }

    /// Takes a sample of what arrives of this kind, and says which carrier it proves, if it does.
    pub(super) fn observe(
        &mut self,
        kind: TrackKind,
        arrivals: Arrivals,
        facts: &CarrierFacts,
        now: Moment,
    ) -> Option<Carrier> {
        let is_picture = matches!(kind, TrackKind::Camera | TrackKind::ScreenVideo);
        // What came before it was asked for says nothing. A screen that stands still sends a frame now and then: it counts until
        // the next.
        let asked_for = now.since(self.since);
        let brings = |carrier: Carrier| {
            let oldest = match (self.from, is_picture) {
                (None, true) => u64::MAX,
                (None, false) => FRESH_MS,
                (Some(_), true) => asked_for,
                (Some(from), false) if carrier == from => FRESH_MS,
                (Some(_), false) => FRESH_MS.min(asked_for),
            };
            arrivals.age(carrier).is_some_and(|age| age <= oldest)
        };
        let (is_brought, is_still) = (brings(self.to), !brings(self.from.unwrap_or(self.to)));
        let is_other_brought = self.is_other_asked && brings(self.to.other());
        self.count(is_brought, is_still && !is_picture, now);
        let Some(from) = self.from else {
            return match (is_brought, is_other_brought) {
                (true, _) => Some(self.to),
                (false, true) => Some(self.to.other()),
                (false, false) => self.misses_nothing(kind).then_some(self.to),
            };
        };
        let is_lost = !facts.stands(from) || self.stale >= SOUND_SAMPLES;
        let (samples, ms) = match is_picture {
            true => (PICTURE_SAMPLES, PICTURE_PROOF_MS),
            false => (SOUND_SAMPLES, SOUND_PROOF_MS),
        };
        let is_proved = self.good >= samples && now.since(self.good_since) >= ms;
        let is_enough = is_proved || (is_brought && is_lost) || self.misses_nothing(kind);
        is_enough.then_some(self.to)
    }

    /// When the carrier that is to be proved is given up; `None` where that would leave nothing.
    pub(super) fn given_up_at(&self, facts: &CarrierFacts) -> Option<Moment> {
        if self.from.is_some_and(|from| !facts.stands(from)) {
            return None;
        }
        Some(match self.standing {
            Some(standing) if self.good == 0 => standing.max(self.since).plus(PROOF_MS),
            Some(standing) => standing.max(self.since).plus(LONGEST_PROOF_MS),
            None => self.since.plus(STANDING_MS),
        })
    }

    /// Counts a sample: whether the new carrier brings it, and whether the old one does not any more.
    fn count(&mut self, brings: bool, is_stale: bool, now: Moment) {
        if self.good == 0 {
            self.good_since = now;
        }
        self.good = if brings {
            self.good.saturating_add(1)
        } else {
            0
        };
        self.stale = if is_stale {
            self.stale.saturating_add(1)
        } else {
            0
        };
    }

    /// Whether a new carrier that stands need not be proved: a shared screen need not have sound, and says nothing of it, so
    /// where none has come for a while none is missed.
    fn misses_nothing(&self, kind: TrackKind) -> bool {
        let is_silent = self.stale >= SOUND_SAMPLES && self.standing.is_some();
        kind == TrackKind::ScreenAudio && is_silent
    }
}
