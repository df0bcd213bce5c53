//! What finished operations lead to, and what is said again.
//!
//! Invariant: an offer is sent only after the browser has set it, and every time under the same number.

use super::description::Description;
use super::inbox::add;
use super::offer::SentOffer;
use super::open::Signaling;
use super::operation::Operation;
use super::state::{Connection, Negotiation};
use super::terms::{NegotiationStep, Politeness, Signal};
use crate::room::moment::Moment;
use crate::room::path::report::ConnectionState;

impl Negotiation {
    /// The own offer is set: sends it, unless a polite side has an offer to take instead.
    pub(crate) fn finish_offer(
        &mut self,
        sdp: String,
        now: Moment,
        steps: &mut Vec<NegotiationStep>,
    ) {
        let Connection::Open(live) = &mut self.connection else {
            return;
        };
        if !matches!(
            live.running.take().map(|running| running.operation),
            Some(Operation::Offering { .. })
        ) {
            return;
        }
        live.local_candidates.retain(&Description::read(&sdp));
        if live.waiting_offer.is_some() && self.politeness == Politeness::Polite {
            return;
        }
        self.serial = self.serial.saturating_add(1);
        live.signaling = Signaling::Offered(SentOffer {
            sdp: sdp.clone(),
            serial: self.serial,
            said: now,
            repeats: 0,
            is_refused: false,
        });
        steps.push(NegotiationStep::Send(Signal::Offer {
            sdp,
            serial: self.serial,
        }));
    }

    pub(crate) fn finish_answer(&mut self, sdp: String, steps: &mut Vec<NegotiationStep>) {
        let Connection::Open(live) = &mut self.connection else {
            return;
        };
        let Some(Operation::Accepting { offer, .. }) =
            live.running.take().map(|running| running.operation)
        else {
            return;
        };
        live.local_candidates.retain(&Description::read(&sdp));
        live.remote = Some(offer.description.clone());
        steps.push(NegotiationStep::Send(Signal::Answer {
            sdp: sdp.clone(),
            serial: offer.serial,
        }));
        live.answered = Some((offer, sdp));
        self.release_candidates(steps);
    }

    pub(crate) fn finish_applying(&mut self, steps: &mut Vec<NegotiationStep>) {
        let Connection::Open(live) = &mut self.connection else {
            return;
        };
        let Some(Operation::Applying { sdp }) =
            live.running.take().map(|running| running.operation)
        else {
            return;
        };
        live.signaling = Signaling::Stable;
        live.remote = Some(Description::read(&sdp));
        self.release_candidates(steps);
    }

    fn release_candidates(&mut self, steps: &mut Vec<NegotiationStep>) {
        if let Connection::Open(live) = &mut self.connection
            && let Some(remote) = &live.remote
        {
            let released = self.held.release(remote).into_iter();
            let taken = released.filter(|candidate| live.taken.takes(candidate.as_ref()));
            steps.extend(taken.map(add));
        }
    }

    pub(crate) fn repeat_offer(&mut self, now: Moment, steps: &mut Vec<NegotiationStep>) {
        let Connection::Open(live) = &mut self.connection else {
            return;
        };
        if live.running.is_some() {
            return;
        }
        let Signaling::Offered(offer) = &mut live.signaling else {
            return;
        };
        offer.said = now;
        offer.is_refused = false;
        offer.repeats = offer.repeats.saturating_add(1);
        steps.push(NegotiationStep::Send(Signal::Offer {
            sdp: offer.sdp.clone(),
            serial: offer.serial,
        }));
        self.repeat_candidates(steps);
    }

    /// Says the local candidates again while there is no connection that proves they arrived.
    pub(crate) fn repeat_candidates(&self, steps: &mut Vec<NegotiationStep>) {
        if let Connection::Open(live) = &self.connection
            && live.state != ConnectionState::Connected
        {
            let candidates = live.local_candidates.iter().cloned();
            steps.extend(
                candidates.map(|candidate| NegotiationStep::Send(Signal::Candidate(candidate))),
            );
        }
    }
}
