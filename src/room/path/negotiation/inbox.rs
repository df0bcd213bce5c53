//! What the peer says, and what to do next once nothing is under way.
//!
//! Invariant: of the peer's offers only the latest waits; an answer counts only for the offer it answers.

use super::candidates::{Fit, fits, is_no_candidate};
use super::description::Description;
use super::lateness::Lateness;
use super::offer::RemoteOffer;
use super::open::{Origin, Signaling};
use super::operation::{Operation, RunningOperation};
use super::state::{Connection, Negotiation};
use super::terms::{NegotiationStep, Politeness, Signal, Terms, Tie};
use crate::protocol::IceCandidate;
use crate::room::moment::Moment;
use crate::room::path::command::PeerCommand;

/// An offer is said so often before an impolite side considers that the other is impolite too.
const STUBBORN_REPEATS: u32 = 2;

impl Negotiation {
    /// The peer offers.
    pub fn hear_offer(
        &mut self,
        sdp: String,
        serial: Option<u32>,
        terms: Terms<'_>,
    ) -> Vec<NegotiationStep> {
        let mut steps = Vec::new();
        let description = Description::read(&sdp);
        if description.is_excessive(terms.shape) {
            return vec![NegotiationStep::Refuse];
        }
        let offer = RemoteOffer {
            sdp,
            serial,
            description,
        };
        if let Some(serial) = serial {
            if self.heard.is_some_and(|heard| serial < heard) {
                return steps;
            }
            self.heard = Some(serial);
        }
        match self.lateness(&offer) {
            Lateness::InTime => {}
            Lateness::Late => return steps,
            Lateness::Perhaps => {
                self.reopening.defer(offer, terms.now);
                return steps;
            }
        }
        if self.answer_again(&offer, &mut steps)
            || self.is_at_hand(&offer)
            || self.reopening.awaits(&offer)
        {
            return steps;
        }
        self.reopening.discard();
        if self.is_new(&offer.description) {
            self.held.forget_unlabelled();
            // Before the first connection there is none to be replaced.
            if self.generation > 0 && !self.reopening.admits(terms.now) {
                self.reopening.wait(offer);
                return steps;
            }
            self.reopen(offer, terms, &mut steps);
        } else if let Connection::Open(live) = &mut self.connection {
            live.waiting_offer = Some(offer);
        }
        self.advance(terms, &mut steps);
        steps
    }

    /// It is the turn of an offer that had to wait.
    pub(crate) fn take_turn(
        &mut self,
        offer: RemoteOffer,
        terms: Terms<'_>,
    ) -> Vec<NegotiationStep> {
        let mut steps = Vec::new();
        if self.is_new(&offer.description) {
            self.reopen(offer, terms, &mut steps);
        } else if let Connection::Open(live) = &mut self.connection {
            live.waiting_offer = Some(offer);
        }
        self.advance(terms, &mut steps);
        steps
    }

    /// The peer answers.
    pub fn hear_answer(
        &mut self,
        sdp: String,
        serial: Option<u32>,
        terms: Terms<'_>,
    ) -> Vec<NegotiationStep> {
        let mut steps = Vec::new();
        let Connection::Open(live) = &mut self.connection else {
            return steps;
        };
        let Signaling::Offered(offer) = &live.signaling else {
            return steps;
        };
        let applying = matches!(
            live.running.as_ref().map(|running| &running.operation),
            Some(Operation::Applying { .. })
        );
        if applying || serial.is_some_and(|serial| serial != offer.serial) {
            return steps;
        }
        let description = Description::read(&sdp);
        if description.is_excessive(terms.shape) {
            // The offer has no other answer: the connection is of no use any more.
            steps.extend(self.close());
            steps.push(NegotiationStep::Refuse);
            return steps;
        }
        // The number says that the answer is to this offer, and so probably from where the offer went.
        let is_of_peer = live.peer.as_ref().is_none_or(|peer| match serial {
            Some(_) => peer.may_be_same_connection(&description),
            None => peer.same_connection(&description),
        });
        if !is_of_peer {
            self.rebuild_into(terms, &mut steps);
            return steps;
        }
        live.waiting_answer = Some(sdp);
        self.meet(description);
        if self.politeness == Politeness::Provisional {
            self.politeness = Politeness::Polite;
        }
        self.advance(terms, &mut steps);
        steps
    }

    /// The peer names a candidate.
    pub fn hear_candidate(&mut self, candidate: Option<IceCandidate>) -> Vec<NegotiationStep> {
        if candidate.as_ref().is_some_and(is_no_candidate) {
            return Vec::new();
        }
        if let Connection::Open(live) = &mut self.connection
            && let Some(remote) = &live.remote
        {
            let offer_ahead = live.waiting_offer.is_some()
                || live.running.is_some()
                || self.reopening.waiting().is_some();
            let fit = fits(candidate.as_ref(), remote);
            if fit == Fit::Belongs || (fit == Fit::Unlabelled && !offer_ahead) {
                let is_taken = live.taken.takes(candidate.as_ref());
                return is_taken.then(|| add(candidate)).into_iter().collect();
            }
        }
        self.held.hold(candidate);
        Vec::new()
    }

    /// A repeated offer that was answered gets the same answer.
    fn answer_again(&self, offer: &RemoteOffer, steps: &mut Vec<NegotiationStep>) -> bool {
        let Connection::Open(live) = &self.connection else {
            return false;
        };
        let Some((answered, sdp)) = &live.answered else {
            return false;
        };
        if !answered.repeats(offer) {
            return false;
        }
        steps.push(NegotiationStep::Send(Signal::Answer {
            sdp: sdp.clone(),
            serial: offer.serial,
        }));
        self.repeat_candidates(steps);
        true
    }

    /// Whether this very offer waits or is being accepted.
    fn is_at_hand(&self, offer: &RemoteOffer) -> bool {
        let Connection::Open(live) = &self.connection else {
            return false;
        };
        let accepting = match live.running.as_ref().map(|running| &running.operation) {
            Some(Operation::Accepting {
                offer: accepted, ..
            }) => accepted.repeats(offer),
            _ => false,
        };
        accepting
            || live
                .waiting_offer
                .as_ref()
                .is_some_and(|waiting| waiting.repeats(offer))
    }

    /// Whether the offer is not for the connection there is: there is none, it belongs to another one of the peer, or
    /// both sides opened one and offer first.
    fn is_foreign(&self, description: &Description) -> bool {
        match &self.connection {
            Connection::Absent { .. } => true,
            Connection::Open(live) => match &live.peer {
                Some(peer) => !peer.same_connection(description),
                None => live.origin == Origin::Offered,
            },
        }
    }

    /// Whether this side stays with its own offer from a new connection instead of taking the peer's.
    fn insists(&mut self) -> bool {
        match &self.connection {
            Connection::Open(live) if live.peer.is_none() && live.origin == Origin::Offered => {
                self.prevails()
            }
            _ => false,
        }
    }

    /// Two offers crossed: whether the own one stands.
    fn prevails(&mut self) -> bool {
        let repeats = match &self.connection {
            Connection::Open(live) => match &live.signaling {
                Signaling::Offered(offer) => offer.repeats,
                Signaling::Stable => 0,
            },
            Connection::Absent { .. } => 0,
        };
        match self.politeness {
            Politeness::Polite => false,
            Politeness::Impolite | Politeness::Provisional
                if self.tie == Tie::Yields && repeats >= STUBBORN_REPEATS =>
            {
                self.politeness = Politeness::Polite;
                false
            }
            Politeness::Impolite | Politeness::Provisional => {
                self.politeness = Politeness::Impolite;
                true
            }
        }
    }

    /// Whether another connection has to be opened for an offer.
    fn is_new(&mut self, description: &Description) -> bool {
        self.is_foreign(description) && !self.insists()
    }

    /// Replaces the connection by one that answers this offer.
    fn reopen(&mut self, offer: RemoteOffer, terms: Terms<'_>, steps: &mut Vec<NegotiationStep>) {
        self.retire(steps);
        self.open(Origin::Answered, terms, steps);
        if let Connection::Open(live) = &mut self.connection {
            live.waiting_offer = Some(offer);
        }
    }

    /// Starts the next operation if none is under way.
    pub(crate) fn advance(&mut self, terms: Terms<'_>, steps: &mut Vec<NegotiationStep>) {
        let Connection::Open(live) = &mut self.connection else {
            return;
        };
        if live.running.is_some() {
            return;
        }
        if let Signaling::Offered(_) = live.signaling
            && let Some(sdp) = live.waiting_answer.take()
        {
            let sdp = live.trimmed(&sdp, &Description::read(&sdp));
            self.run(Operation::Applying { sdp }, terms.now, steps);
            return;
        }
        if let Some(offer) = live.waiting_offer.take() {
            let collides = matches!(live.signaling, Signaling::Offered(_));
            if !(collides && self.prevails()) {
                self.accept(offer, terms.now, steps);
                return;
            }
        }
        let Connection::Open(live) = &mut self.connection else {
            return;
        };
        if matches!(live.signaling, Signaling::Stable) && (live.wants_offer || live.wants_restart) {
            let ice_restart = live.wants_restart;
            live.wants_offer = false;
            live.wants_restart = false;
            self.run(Operation::Offering { ice_restart }, terms.now, steps);
        }
    }

    fn accept(&mut self, offer: RemoteOffer, now: Moment, steps: &mut Vec<NegotiationStep>) {
        let Connection::Open(live) = &mut self.connection else {
            return;
        };
        live.signaling = Signaling::Stable;
        live.waiting_answer = None;
        let sdp = live.trimmed(&offer.sdp, &offer.description);
        self.meet(offer.description.clone());
        if self.politeness == Politeness::Provisional {
            self.politeness = Politeness::Impolite;
        }
        self.run(Operation::Accepting { offer, sdp }, now, steps);
    }

    fn run(&mut self, operation: Operation, now: Moment, steps: &mut Vec<NegotiationStep>) {
        if let Connection::Open(live) = &mut self.connection {
            steps.push(NegotiationStep::Command(operation.command()));
            live.running = Some(RunningOperation::new(operation, now));
        }
    }
}

pub(crate) fn add(candidate: Option<IceCandidate>) -> NegotiationStep {
    NegotiationStep::Command(PeerCommand::AddCandidate(candidate))
}
