//! How one carrier takes over from the other, for one thing that one person sends, without a gap and without an echo.
//!
//! A receiver decides alone: it asks the new carrier as well, waits until that is proved to bring what is sent, cuts over, and
//! asks the old one no longer once the page has had time to turn over. Invariants: what is chosen is one carrier at a time; it is
//! asked for media for as long as it is chosen; and it gives way only to one that was proved, or while there is nothing to be
//! missed. So a wish that changes often costs bandwidth and never sound. Nothing is remembered of a switch, but how often the
//! present wish has failed.

use super::carrier::CarrierFacts;
use super::proof::{Arrivals, Proof};
use crate::room::moment::Moment;
use crate::room::participant::TrackKind;
use crate::room::path::link::Carrier;

/// A carrier that was given up is asked again after so long, in ms; the last holds for all later times.
const RETRY_MS: [u64; 3] = [15_000, 30_000, 60_000];

/// What was heard or seen until a cut is asked for so long after it, in ms: a busy page turns over a moment later, and a picture
/// does when it has a frame.
const FAREWELL_MS: u64 = 1_000;

/// From so many failures on it is no hiccup.
const FAILURES_TOLD: u32 = 2;

/// What is missed of somebody while it does not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missed {
    /// They do not send it, or it is a picture that is not on the stage or whose page is hidden.
    Nothing,
    /// The SFU holds it back: a picture for want of bandwidth, a voice because others are louder, as far as is known here. Another
    /// carrier that brings it goes on, until the SFU has had its time: what it passes on is known here late.
    HeldBack,
    /// It is.
    Something,
}

/// Which carrier brings one thing that one person sends, and which are asked for it.
#[derive(Clone, Debug)]
pub(crate) struct Takeover {
    /// They send this.
    kind: TrackKind,
    /// This is the case, as it was last told.
    facts: CarrierFacts,
    /// This is missed of it when it does not arrive.
    missed: Missed,
    /// It is brought like this.
    state: State,
    /// The carrier that is wished for has failed; `None` when it has not, or when another is wished for now.
    failed: Option<Failed>,
}

/// Something is brought by one carrier, or is about to be.
#[derive(Clone, Copy, Debug)]
enum State {
    /// This carrier brings it. The other one is asked as well until then, where it brought it before.
    On(Carrier, Option<Moment>),
    /// It is being proved that another one does.
    Proving(Proof),
}

/// A carrier was asked in vain.
#[derive(Clone, Copy, Debug)]
struct Failed {
    /// This one was.
    carrier: Carrier,
    /// It was so often, while it stood.
    times: u32,
    /// It is asked again then.
    retry_at: Moment,
}

impl Takeover {
    /// Nothing is heard or seen yet: the first evidence decides.
    pub(crate) fn new(kind: TrackKind, facts: CarrierFacts, missed: Missed, now: Moment) -> Self {
        let proof = Proof::new(None, facts.wished(None), false, now);
        let mut takeover = Self {
            kind,
            facts,
            missed,
            state: State::Proving(proof),
            failed: None,
        };
        takeover.step(now);
        takeover
    }

    /// It is heard or seen over this carrier already.
    pub(crate) fn on(
        carrier: Carrier,
        kind: TrackKind,
        facts: CarrierFacts,
        missed: Missed,
        now: Moment,
    ) -> Self {
        let mut takeover = Self {
            kind,
            facts,
            missed,
            state: State::On(carrier, None),
            failed: None,
        };
        takeover.step(now);
        takeover
    }

    /// The carrier that is heard or seen; `None` until one has brought something.
    pub(crate) fn chosen(&self) -> Option<Carrier> {
        match self.state {
            State::On(carrier, _) => Some(carrier),
            State::Proving(proof) => proof.from,
        }
    }

    /// Whether a carrier is asked for it.
    pub(crate) fn asks(&self, carrier: Carrier) -> bool {
        match self.state {
            State::On(on, farewell) => on == carrier || farewell.is_some(),
            State::Proving(proof) => proof.asks(carrier, &self.facts),
        }
    }

    /// Whether lines are to be looked at every 100 ms, for [`Self::observe`]: something is to be proved, and may be.
    pub(crate) fn is_proving(&self) -> bool {
        match self.state {
            State::On(..) => false,
            State::Proving(proof) => {
                let mut carriers = [Carrier::Direct, Carrier::Hub].into_iter();
                carriers.any(|carrier| {
                    let is_new = proof.from != Some(carrier);
                    is_new && self.asks(carrier) && self.facts.stands(carrier)
                })
            }
        }
    }

    /// The carrier that is wished for, where it stood and failed so often that the user is told.
    pub(crate) fn failing(&self) -> Option<Carrier> {
        let failed = self.failed.filter(|failed| failed.times >= FAILURES_TOLD);
        failed.map(|failed| failed.carrier)
    }

    /// When [`Self::tick`] has something to do.
    pub(crate) fn next_deadline(&self) -> Option<Moment> {
        match self.state {
            State::On(_, farewell) => {
                let retry = self.failed.map(|failed| failed.retry_at);
                [farewell, retry].into_iter().flatten().min()
            }
            State::Proving(proof) => proof.given_up_at(&self.facts),
        }
    }

    /// This is the case from now on. Says whether what is chosen or asked changed.
    pub(crate) fn follow(&mut self, facts: CarrierFacts, missed: Missed, now: Moment) -> bool {
        // So it is with almost everybody in a large room.
        let is_due = self.next_deadline().is_some_and(|due| due <= now);
        if self.facts == facts && self.missed == missed && !is_due {
            return false;
        }
        self.changes(|takeover| {
            takeover.facts = facts;
            takeover.missed = missed;
            takeover.step(now);
        })
    }

    /// Takes a sample of what arrives. Says whether what is chosen or asked changed.
    pub(crate) fn observe(&mut self, arrivals: Arrivals, now: Moment) -> bool {
        self.changes(|takeover| {
            if let State::Proving(proof) = &mut takeover.state {
                let proved = proof.observe(takeover.kind, arrivals, &takeover.facts, now);
                if let Some(carrier) = proved {
                    takeover.cut_to(carrier, now);
                }
            }
            takeover.step(now);
        })
    }

    /// Time passed. Says whether what is chosen or asked changed.
    pub(crate) fn tick(&mut self, now: Moment) -> bool {
        self.changes(|takeover| takeover.step(now))
    }

    fn changes(&mut self, change: impl FnOnce(&mut Self)) -> bool {
        let outcome = |takeover: &Self| {
            let asked = [Carrier::Direct, Carrier::Hub].map(|carrier| takeover.asks(carrier));
            (takeover.chosen(), asked)
        };
        let before = outcome(self);
        change(self);
        outcome(self) != before
    }

    fn step(&mut self, now: Moment) {
        self.end_farewell(now);
        self.aim(now);
        self.cut_where_nothing_is_missed(now);
        self.give_up_when_due(now);
    }

    /// Asks what was cut from no longer, when it has been asked for long enough or brings nothing any more.
    fn end_farewell(&mut self, now: Moment) {
        if let State::On(carrier, Some(until)) = self.state
            && (now >= until || !self.facts.stands(carrier.other()))
        {
            self.state = State::On(carrier, None);
        }
    }

    /// It is brought by this carrier, which needs no proof.
    fn stay_on(&mut self, carrier: Carrier) {
        if matches!(self.state, State::Proving(_)) {
            self.state = State::On(carrier, None);
        }
    }

    /// Goes for what is wished.
    fn aim(&mut self, now: Moment) {
        let chosen = self.chosen();
        let wish = self.facts.wished(chosen);
        let failed = self.failed.filter(|failed| failed.carrier == wish);
        if chosen == Some(wish) {
            self.failed = None;
            self.stay_on(wish);
            return;
        }
        self.failed = failed;
        let has_to_wait = failed.is_some_and(|failed| now < failed.retry_at);
        if let Some(carrier) = chosen
            && has_to_wait
            && self.facts.stands(carrier)
        {
            self.stay_on(carrier);
            return;
        }
        let mut proof = match self.state {
            State::Proving(proof) if proof.to == wish => proof,
            State::Proving(_) | State::On(..) => {
                // While nothing is heard, what was asked first may still be the first to come.
                let is_other_asked = chosen.is_none();
                Proof::new(chosen, wish, is_other_asked, now)
            }
        };
        let stands = self.facts.stands(wish);
        proof.standing = stands.then(|| proof.standing.unwrap_or(now));
        self.state = State::Proving(proof);
    }

    /// A carrier that stands needs no proof while nothing is to arrive.
    fn cut_where_nothing_is_missed(&mut self, now: Moment) {
        if let State::Proving(proof) = self.state
            && proof.standing.is_some()
            && match self.missed {
                Missed::Nothing => true,
                Missed::HeldBack => proof.from.is_none() && proof.to == Carrier::Hub,
                Missed::Something => false,
            }
        {
            self.cut_to(proof.to, now);
        }
    }

    fn cut_to(&mut self, carrier: Carrier, now: Moment) {
        let is_missed = self.missed != Missed::Nothing;
        let is_replaced = self.chosen().is_some_and(|from| from != carrier);
        let farewell = (is_missed && is_replaced).then(|| now.plus(FAREWELL_MS));
        self.state = State::On(carrier, farewell);
        self.failed = self.failed.filter(|failed| failed.carrier != carrier);
    }

    /// Gives up a carrier that was not proved in time: what it was to replace goes on. Where there is nothing to go on, both
    /// are asked from now on.
    fn give_up_when_due(&mut self, now: Moment) {
        let State::Proving(proof) = self.state else {
            return;
        };
        let due = proof.given_up_at(&self.facts);
        if due.is_none_or(|due| now < due) {
            return;
        }
        // What the line is too narrow for, it is too narrow for both ways; and of a crowd only the loudest are heard.
        let is_held_back = self.missed == Missed::HeldBack && proof.to == Carrier::Hub;
        if is_held_back && proof.standing.is_some() {
            self.cut_to(proof.to, now);
            return;
        }
        let before = self.failed.map_or(0, |failed| failed.times);
        let wait = RETRY_MS[(before as usize).min(RETRY_MS.len() - 1)];
        self.failed = Some(Failed {
            carrier: proof.to,
            // That a carrier does not stand is for others to tell.
            times: before.saturating_add(u32::from(proof.standing.is_some())),
            retry_at: now.plus(wait),
        });
        self.state = match proof.from {
            Some(from) => State::On(from, None),
            None => {
                let mut again = Proof::new(None, proof.to, true, now);
                again.standing = proof.standing;
                State::Proving(again)
            }
        };
    }
}

#[cfg(test)]
#[path = "tests/takeover.rs"]
mod tests;
