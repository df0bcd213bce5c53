//! A path to one person: the connection between us, while it is set up, carries media, breaks and is repaired.
//!
//! Responsible for everything that is about the connection and not about the person at its other end. Invariant: a path
//! does nothing itself; what it wants is returned as [`PathStep`]s, and it knows neither whose path it is nor how its
//! signals travel.

use super::command::{PeerCommand, Pictures, Route};
use super::diagnosis::{ConnectionStage, PathAttempt, PathFailure, PathProgress};
use super::id::PathId;
use super::negotiation::state::Negotiation;
use super::negotiation::terms::{NegotiationStep, Politeness, Terms};
use super::pictures::{PictureGate, worth_sending};
use super::recovery::{Duty, Recovery};
use super::report::{ConnectionState, PeerEvent};
use super::stall::{Awaited, Hearing, StallDetector};
use super::state::PathState;
use super::step::PathStep;
use crate::protocol::{IceCandidate, IceServer};
use crate::room::moment::Moment;

/// One path: at most one connection at a time, and what is known of it.
#[derive(Clone, Debug)]
pub struct Path {
    /// Commands and reports name the path by this.
    id: PathId,
    /// The user sees the path in this state.
    pub(super) state: PathState,
    /// The connection that there is, and what both ends have agreed on, stand here.
    pub(super) negotiation: Negotiation,
    /// The attempt to set the connection up has come this far.
    pub(super) attempt: PathAttempt,
    /// This watches whether anything arrives.
    arrivals: StallDetector,
    /// The path is repaired when this says so, and how it says.
    pub(super) recovery: Recovery,
    /// The connection was told this about pictures, so that it is told once.
    gate: PictureGate,
}

impl Path {
    /// A path that is to be set up from now on.
    pub(crate) fn new(id: PathId, negotiation: Negotiation, now: Moment) -> Self {
        Self {
            id,
            state: PathState::Connecting(now),
            negotiation,
            attempt: PathAttempt::default(),
            arrivals: StallDetector::default(),
            recovery: Recovery::default(),
            gate: PictureGate::default(),
        }
    }

    /// What it is called.
    pub fn id(&self) -> PathId {
        self.id
    }

    /// Which of the connections there have been is the present one; 0 before the first.
    pub(crate) fn generation(&self) -> u32 {
        self.negotiation.generation()
    }

    /// Where it stands.
    pub fn state(&self) -> PathState {
        self.state
    }

    /// How far its connection has come.
    pub fn stage(&self) -> ConnectionStage {
        let progress = if self.negotiation.is_connected() {
            PathProgress::Connected
        } else if self.negotiation.is_settled() {
            PathProgress::Negotiated
        } else {
            PathProgress::Negotiating
        };
        self.attempt.stage(progress)
    }

    /// Whether pictures are worth sending.
    pub(crate) fn pictures(&self) -> Pictures {
        worth_sending(self.state, &self.arrivals)
    }

    /// Whether what arrives on it must be counted, where this much is awaited: where silence would be trouble, and until
    /// doubt or trouble is over.
    pub fn is_listened_on(&self, awaited: Awaited) -> bool {
        awaited == Awaited::Something
            || self.state != PathState::Connected
            || self.pictures() == Pictures::Held
    }

    /// Whether both ends agree and nothing is under way or wanted.
    #[cfg(test)]
    pub(crate) fn is_settled(&self) -> bool {
        self.negotiation.is_settled()
    }

    /// Opens the connection if that is due right now.
    pub(crate) fn begin(&mut self, terms: Terms<'_>) -> Vec<PathStep> {
        self.negotiate(terms, Negotiation::begin)
    }

    /// The connection of this generation reports; older ones are not listened to.
    pub(crate) fn hear_connection(
        &mut self,
        generation: u32,
        event: PeerEvent,
        terms: Terms<'_>,
    ) -> Vec<PathStep> {
        if generation != self.negotiation.generation() || !self.negotiation.is_open() {
            return Vec::new();
        }
        let mut steps = Vec::new();
        match &event {
            PeerEvent::Received { count, awaited } => {
                return self.measure(*count, *awaited, terms.now);
            }
            PeerEvent::Candidate(Some(candidate)) => self.attempt.own.note(candidate),
            PeerEvent::Pair(pair) => self.attempt.pair = *pair,
            PeerEvent::Connection(state) => {
                self.recovery.observe(*state, self.duty(), terms.now);
                match state {
                    ConnectionState::Connected => self.state = PathState::Connected,
                    ConnectionState::Disconnected | ConnectionState::Failed => {
                        self.interrupt(terms.now);
                        steps.push(PathStep::DoubtServer);
                    }
                    ConnectionState::Closed => self.interrupt(terms.now),
                    ConnectionState::New | ConnectionState::Connecting => {}
                }
            }
            _ => {}
        }
        steps.extend(self.negotiate(terms, |negotiation, terms| {
            negotiation.hear_connection(generation, event, terms)
        }));
        steps
    }

    /// A measurement of what arrives. Silence is trouble, and the server is asked whether it is ours; media that comes again
    /// is the end of trouble, whatever was begun against it.
    fn measure(&mut self, count: u64, awaited: Awaited, now: Moment) -> Vec<PathStep> {
        let mut steps = Vec::new();
        let awaited = match self.state {
            PathState::Connected => awaited,
            _ => Awaited::Nothing,
        };
        match self.arrivals.measure(count, awaited, now) {
            Hearing::Heard { after_silence } => {
                self.attempt.heard = true;
                if after_silence && self.negotiation.is_connected() {
                    self.state = PathState::Connected;
                    self.recovery
                        .observe(ConnectionState::Connected, self.duty(), now);
                }
            }
            Hearing::Unclear => {}
            Hearing::Quiet => steps.push(PathStep::DoubtServer),
            Hearing::FellSilent => {
                self.attempt.heard = false;
                self.interrupt(now);
                self.recovery.fall_silent(self.duty(), now);
                steps.push(PathStep::DoubtServer);
            }
        }
        self.steer_pictures(&mut steps);
        steps
    }

    /// The other end offers.
    pub(crate) fn hear_offer(
        &mut self,
        sdp: String,
        serial: Option<u32>,
        terms: Terms<'_>,
    ) -> Vec<PathStep> {
        self.negotiate(terms, |negotiation, terms| {
            negotiation.hear_offer(sdp, serial, terms)
        })
    }

    /// The other end answers.
    pub(crate) fn hear_answer(
        &mut self,
        sdp: String,
        serial: Option<u32>,
        terms: Terms<'_>,
    ) -> Vec<PathStep> {
        self.negotiate(terms, |negotiation, terms| {
            negotiation.hear_answer(sdp, serial, terms)
        })
    }

    /// The other end refuses an offer. Says whether one waits for its answer.
    pub(crate) fn hear_refusal(&mut self, now: Moment) -> bool {
        self.negotiation.hear_refusal(now)
    }

    /// The other end names a candidate.
    pub(crate) fn hear_candidate(
        &mut self,
        candidate: Option<IceCandidate>,
        terms: Terms<'_>,
    ) -> Vec<PathStep> {
        if let Some(candidate) = &candidate {
            self.attempt.theirs.note(candidate);
        }
        self.negotiate(terms, |negotiation, _| {
            negotiation.hear_candidate(candidate)
        })
    }

    /// Passes fresh servers on to the connection.
    pub(crate) fn set_ice_servers(&mut self, ice_servers: &[IceServer]) -> Vec<PathStep> {
        let step = self.negotiation.set_ice_servers(ice_servers);
        step.and_then(PathStep::of).into_iter().collect()
    }

    /// Gathers candidates anew (RFC 8445 section 2.4).
    pub(crate) fn find_new_ways(&mut self, terms: Terms<'_>) -> Vec<PathStep> {
        self.negotiate(terms, |negotiation, terms| {
            negotiation.restart_ice(Route::Any, terms)
        })
    }

    /// The other end has forgotten the connection: gives it up, and offers from another at once.
    pub(crate) fn replace(&mut self, terms: Terms<'_>) -> Vec<PathStep> {
        self.negotiate(terms, Negotiation::rebuild)
    }

    /// The user asks to try again what failed.
    pub(crate) fn try_again(&mut self, now: Moment) {
        if matches!(self.state, PathState::Failed(_)) {
            self.state = PathState::Connecting(now);
            self.recovery.try_again(now);
        }
    }

    /// The other end hears us again: says once more what it may have missed, and repairs what waited for it.
    pub(crate) fn repeat(&mut self, terms: Terms<'_>) -> Vec<PathStep> {
        if self.is_refused() {
            return Vec::new();
        }
        self.encourage(self.duty(), terms.now);
        self.negotiate(terms, |negotiation, terms| negotiation.repeat(terms.now))
    }

    /// It was our way that changed: whatever repairs wait come now, and from here first. What follows from it is among the
    /// steps of [`Self::repeat`], which is to come next.
    pub(crate) fn repair_first(&mut self, now: Moment) {
        self.encourage(Duty::First, now);
    }

    fn encourage(&mut self, duty: Duty, now: Moment) {
        if self.is_refused() {
            return;
        }
        self.recovery.encourage(duty, now);
        if matches!(self.state, PathState::Failed(_)) {
            self.state = PathState::Interrupted(now);
        }
    }

    /// Lets go of the connection for good.
    pub(crate) fn close(&mut self) -> Vec<PathStep> {
        let step = self.negotiation.close();
        step.and_then(PathStep::of).into_iter().collect()
    }

    /// What one side describes is more than a call takes: lets go of the connection. Nothing is said again until the user
    /// asks for it, or the other end offers something else.
    pub(crate) fn refuse(&mut self) -> Vec<PathStep> {
        self.state = PathState::Failed(PathFailure::Excessive);
        self.recovery = Recovery::default();
        self.attempt = PathAttempt::default();
        self.arrivals.reset();
        self.close()
    }

    fn is_refused(&self) -> bool {
        self.state == PathState::Failed(PathFailure::Excessive)
    }

    /// Runs one step of the negotiation, and takes note of what it means for the rest of the path.
    pub(super) fn negotiate(
        &mut self,
        terms: Terms<'_>,
        step: impl FnOnce(&mut Negotiation, Terms<'_>) -> Vec<NegotiationStep>,
    ) -> Vec<PathStep> {
        let before = self.negotiation.generation();
        let settled = self.negotiation.is_settled();
        let steps = step(&mut self.negotiation, terms);
        let restarts = |step: &NegotiationStep| {
            matches!(
                step,
                NegotiationStep::Command(PeerCommand::Offer { ice_restart: true })
            )
        };
        if steps.iter().any(restarts) {
            self.attempt = PathAttempt::default();
        }
        if before != self.negotiation.generation() {
            self.gate = PictureGate::default();
        }
        if before != self.negotiation.generation() && self.is_refused() {
            self.state = PathState::Connecting(terms.now);
        }
        if before != 0 && before != self.negotiation.generation() {
            self.interrupt(terms.now);
            self.arrivals.reset();
            self.attempt = PathAttempt::default();
        }
        if !settled && self.negotiation.is_settled() && self.state != PathState::Connected {
            self.recovery.expect_connection(self.duty(), terms.now);
        }
        let is_refused = steps.contains(&NegotiationStep::Refuse);
        let mut steps: Vec<PathStep> = steps.into_iter().filter_map(PathStep::of).collect();
        // Where something flows, an offer too many changes nothing.
        if is_refused && !(self.state == PathState::Connected && self.negotiation.is_open()) {
            steps.extend(self.refuse());
        }
        self.steer_pictures(&mut steps);
        steps
    }

    /// Tells the connection whether it sends pictures, where that changed.
    fn steer_pictures(&mut self, steps: &mut Vec<PathStep>) {
        let pictures = self.pictures();
        if self.negotiation.is_open() {
            steps.extend(self.gate.steer(pictures));
        }
    }

    /// The newcomer, who offered first, also repairs first.
    pub(super) fn duty(&self) -> Duty {
        match self.negotiation.politeness() {
            Politeness::Polite => Duty::First,
            Politeness::Impolite | Politeness::Provisional => Duty::Second,
        }
    }

    fn interrupt(&mut self, now: Moment) {
        if self.state == PathState::Connected {
            self.state = PathState::Interrupted(now);
        }
    }
}

#[cfg(test)]
#[path = "tests/pictures.rs"]
mod tests;
