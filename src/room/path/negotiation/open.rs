//! One connection while it exists: where signaling stands on it and what is wanted of it.
//!
//! Invariant: `signaling` follows the browser's `RTCSignalingState` as far as the finished operations tell.

use super::candidates::Candidates;
use super::description::Description;
use super::operation::{Operation, OperationFailure, RunningOperation};
use super::taken::TakenCandidates;
use super::terms::Reachability;
use crate::room::moment::Moment;
use crate::room::path::command::{PeerCommand, Route};
use crate::room::path::negotiation::offer::{RemoteOffer, SentOffer};
use crate::room::path::report::ConnectionState;

/// An offer waits this long for its answer before it is said again, in ms; the time grows with every repeat.
const ANSWER_EXPECTED_MS: u64 = 3_000;

/// An offer that was refused is said again after so long, in ms (docs/protocol.md, "The SFU").
const REFUSED_MS: u64 = 15_000;

/// The wait between two times an offer is said is never longer, in ms.
const LONGEST_REPEAT_MS: u64 = 10_000;

/// An offer is said again so often before the connection is given up.
const MOST_REPEATS: u32 = 6;

/// A browser's operation may take this long, in ms.
const OPERATION_MS: u64 = 20_000;

/// The connection came about in one of these ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// This side offered first: the transceivers are its own.
    Offered,
    /// The peer offered first: the transceivers follow its own.
    Answered,
}

/// Signaling stands here, as far as finished operations tell.
#[derive(Clone, Debug)]
pub(crate) enum Signaling {
    /// The browser is in `stable`: no offer is open.
    Stable,
    /// The browser is in `have-local-offer`, and the offer was sent.
    Offered(SentOffer),
}

/// One connection.
#[derive(Clone, Debug)]
pub(crate) struct OpenConnection {
    /// One side offered first.
    pub(crate) origin: Origin,
    /// Signaling stands here.
    pub(crate) signaling: Signaling,
    /// The browser works on this; nothing else is begun until it is done.
    pub(crate) running: Option<RunningOperation>,
    /// An offer has to go out as soon as signaling allows one.
    pub(crate) wants_offer: bool,
    /// The next offer has to restart ICE.
    pub(crate) wants_restart: bool,
    /// This offer of the peer's waits until the browser is free.
    pub(crate) waiting_offer: Option<RemoteOffer>,
    /// This answer of the peer's waits until the browser is free.
    pub(crate) waiting_answer: Option<String>,
    /// This one talks to that connection of the peer's, once it is known.
    pub(crate) peer: Option<Description>,
    /// This remote description is set.
    pub(crate) remote: Option<Description>,
    /// These candidates of the peer's ICE generation were given to the browser.
    pub(crate) taken: TakenCandidates,
    /// The last offer that was answered stands here with its answer, for a peer that repeats it.
    pub(crate) answered: Option<(RemoteOffer, String)>,
    /// These candidates were sent, and may have to be sent again.
    pub(crate) local_candidates: Candidates,
    /// The browser says that the connection is in this state.
    pub(crate) state: ConnectionState,
    /// The connection was told to take this route.
    pub(crate) route: Route,
}

/// Time asks for this.
pub(crate) enum Due {
    /// There is nothing to do.
    Nothing,
    /// The offer that was not answered is said again.
    Repeat,
    /// The operation that failed is tried once more, with this command.
    Retry(PeerCommand),
    /// The connection is given up for another.
    Rebuild,
}

impl OpenConnection {
    pub(crate) fn new(origin: Origin) -> Self {
        Self {
            origin,
            signaling: Signaling::Stable,
            running: None,
            wants_offer: origin == Origin::Offered,
            wants_restart: false,
            waiting_offer: None,
            waiting_answer: None,
            peer: None,
            remote: None,
            taken: TakenCandidates::default(),
            answered: None,
            local_candidates: Candidates::default(),
            state: ConnectionState::New,
            route: Route::Any,
        }
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.remote.is_some()
            && self.running.is_none()
            && matches!(self.signaling, Signaling::Stable)
            && !self.wants_offer
            && !self.wants_restart
    }

    /// Takes note of `negotiationneeded`. The browser fires it only in the stable state, so one that is seen while an
    /// own offer is made or sent was fired before, and that offer has it covered; the same holds for the answer to the
    /// first offer of a connection, which brings the transceivers.
    pub(crate) fn note_need(&mut self) {
        let covered = match &self.running {
            Some(running) => match &running.operation {
                Operation::Offering { .. } => true,
                Operation::Accepting { .. } => self.remote.is_none(),
                Operation::Applying { .. } => false,
            },
            None => {
                matches!(self.signaling, Signaling::Offered(_))
                    || (self.origin == Origin::Answered && self.remote.is_none())
            }
        };
        if !covered {
            self.wants_offer = true;
        }
    }

    /// A description of the peer's without the candidates that are too many of its ICE generation.
    pub(crate) fn trimmed(&mut self, sdp: &str, description: &Description) -> String {
        let remote = self.remote.as_ref();
        if remote.is_some_and(|remote| !remote.same_generation(description)) {
            self.taken = TakenCandidates::default();
        }
        self.taken.trim(sdp)
    }

    pub(crate) fn fail(&mut self, now: Moment) -> OperationFailure {
        match &mut self.running {
            Some(running) => running.fail(now),
            None => OperationFailure::Again,
        }
    }

    /// When something is due, as long as messages reach the peer, or do not.
    pub(crate) fn next_deadline(&self, reachability: Reachability) -> Option<Moment> {
        match (&self.running, &self.signaling) {
            (Some(running), _) => {
                let end = given_up_at(running);
                Some(running.retry_at().map_or(end, |again| again.min(end)))
            }
            (None, Signaling::Offered(offer)) if reachability == Reachability::Present => {
                Some(answer_due(offer))
            }
            (None, Signaling::Offered(_) | Signaling::Stable) => None,
        }
    }

    pub(crate) fn due(&mut self, reachability: Reachability, now: Moment) -> Due {
        if let Some(running) = &mut self.running {
            return match running.retry(now) {
                Some(command) => Due::Retry(command),
                None if now >= given_up_at(running) => Due::Rebuild,
                None => Due::Nothing,
            };
        }
        match &self.signaling {
            Signaling::Offered(offer) if reachability == Reachability::Present => {
                if now < answer_due(offer) {
                    Due::Nothing
                } else if offer.repeats >= MOST_REPEATS {
                    Due::Rebuild
                } else {
                    Due::Repeat
                }
            }
            _ => Due::Nothing,
        }
    }
}

/// When a browser's operation has taken too long.
fn given_up_at(running: &RunningOperation) -> Moment {
    running.began.plus(OPERATION_MS)
}

/// When an offer that is still not answered is said again, or given up.
fn answer_due(offer: &SentOffer) -> Moment {
    if offer.is_refused {
        return offer.said.plus(REFUSED_MS);
    }
    let patience = ANSWER_EXPECTED_MS
        .saturating_mul(u64::from(offer.repeats).saturating_add(1))
        .min(LONGEST_REPEAT_MS);
    offer.said.plus(patience)
}
