//! Where a negotiation stands, and what its connection reports.
//!
//! Responsible for which connection there is to the peer, for its offers and answers and for the candidates. Invariant:
//! at most one browser operation is under way; what comes meanwhile waits, and of waiting offers only the latest counts.

use std::collections::VecDeque;

use super::candidates::Candidates;
use super::description::Description;
use super::open::{Due, OpenConnection, Origin, Signaling};
use super::operation::OperationFailure;
use super::reopening::Reopening;
use super::terms::{NegotiationStep, Politeness, Reachability, Signal, Terms, Tie};
use crate::protocol::IceServer;
use crate::room::moment::Moment;
use crate::room::path::command::{PeerCommand, Route};
use crate::room::path::report::{ConnectionState, PeerEvent};

/// The one who is expected to offer is waited for this long, in ms, when it is unclear who that is.
const OFFER_EXPECTED_MS: u64 = 3_000;

/// At most so many connections of the peer are remembered as replaced.
const MOST_RETIRED: usize = 4;

/// The pause before a connection is built again is never longer, in ms.
const LONGEST_PAUSE_MS: u64 = 30_000;

/// The negotiation with one peer.
#[derive(Clone, Debug)]
pub struct Negotiation {
    /// This side gives way when two offers cross, or insists.
    pub(super) politeness: Politeness,
    /// If both sides insist, this settles it.
    pub(super) tie: Tie,
    /// The present connection has this number: reports of earlier ones are ignored.
    pub(super) generation: u32,
    /// There is a connection, or there is to be one.
    pub(super) connection: Connection,
    /// The last own offer had this number, which never goes back, whatever becomes of connections.
    pub(super) serial: u32,
    /// No offer of the peer that was looked at had a higher number.
    pub(super) heard: Option<u32>,
    /// These connections of the peer were replaced: what they still say is late.
    pub(super) retired: VecDeque<Description>,
    /// These candidates of the peer came before the description they belong to.
    pub(super) held: Candidates,
    /// The peer's new connections are taken at this pace.
    pub(super) reopening: Reopening,
    /// The connection was built again so often without success: pauses grow with it.
    pub(super) rebuilds: u32,
}

/// There is a connection to the peer, or there is none.
#[derive(Clone, Debug)]
pub(super) enum Connection {
    /// There is none; this side opens one at `open_at`, if that is set, the peer hears us then and does not come first.
    Absent {
        /// This side opens one then; `None` while it waits for the peer's offer.
        open_at: Option<Moment>,
    },
    /// There is this one.
    Open(Box<OpenConnection>),
}

impl Negotiation {
    /// Waits for the peer's first offer.
    pub fn waiting(tie: Tie) -> Self {
        Self::new(Politeness::Impolite, tie, None)
    }

    /// Offers as soon as the next [`Self::tick`] comes; see [`Self::begin`].
    pub fn offering(tie: Tie, now: Moment) -> Self {
        Self::new(Politeness::Polite, tie, Some(now))
    }

    /// Offers as soon as the next [`Self::tick`] comes, and does not give way should the peer do the same.
    pub fn insisting(tie: Tie, now: Moment) -> Self {
        Self::new(Politeness::Provisional, tie, Some(now))
    }

    /// Waits a while for the peer's first offer, then offers.
    pub fn unclear(tie: Tie, now: Moment) -> Self {
        Self::new(
            Politeness::Provisional,
            tie,
            Some(now.plus(OFFER_EXPECTED_MS)),
        )
    }

    pub(super) fn new(politeness: Politeness, tie: Tie, open_at: Option<Moment>) -> Self {
        Self {
            politeness,
            tie,
            generation: 0,
            connection: Connection::Absent { open_at },
            serial: 0,
            heard: None,
            retired: VecDeque::new(),
            held: Candidates::default(),
            reopening: Reopening::default(),
            rebuilds: 0,
        }
    }

    /// Which of two sides that want the same gives way.
    pub(crate) fn tie(&self) -> Tie {
        self.tie
    }

    /// Which of the connections there have been is the current one; 0 before the first.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Who gives way.
    pub fn politeness(&self) -> Politeness {
        self.politeness
    }

    /// Whether both descriptions are set and nothing is under way or wanted.
    pub fn is_settled(&self) -> bool {
        matches!(&self.connection, Connection::Open(live) if live.is_settled())
    }

    /// Whether there is a connection.
    pub fn is_open(&self) -> bool {
        matches!(self.connection, Connection::Open(_))
    }

    /// Whether the browser takes the connection for sound.
    pub fn is_connected(&self) -> bool {
        matches!(&self.connection, Connection::Open(live) if live.state == ConnectionState::Connected)
    }

    /// Opens the connection if that is due.
    pub fn begin(&mut self, terms: Terms<'_>) -> Vec<NegotiationStep> {
        let mut steps = Vec::new();
        if let Connection::Absent {
            open_at: Some(open_at),
        } = self.connection
            && open_at <= terms.now
        {
            self.open(Origin::Offered, terms, &mut steps);
            self.advance(terms, &mut steps);
        }
        steps
    }

    /// When [`Self::tick`] has something to do, as long as messages reach the peer, or do not.
    pub fn next_deadline(&self, reachability: Reachability) -> Option<Moment> {
        let due = match (&self.connection, reachability) {
            (Connection::Absent { .. }, Reachability::Absent) => None,
            (Connection::Absent { open_at }, Reachability::Present) => *open_at,
            (Connection::Open(live), reachability) => live.next_deadline(reachability),
        };
        due.into_iter().chain(self.reopening.next_deadline()).min()
    }

    /// Time passed: opens, says again and tries again what is due.
    pub fn tick(&mut self, reachability: Reachability, terms: Terms<'_>) -> Vec<NegotiationStep> {
        let now = terms.now;
        let mut steps = match self.reopening.due(now) {
            Some(offer) => self.take_turn(offer, terms),
            None => Vec::new(),
        };
        let due = match (&mut self.connection, reachability) {
            (Connection::Absent { .. }, Reachability::Absent) => Due::Nothing,
            (Connection::Absent { .. }, Reachability::Present) => {
                steps.extend(self.begin(terms));
                Due::Nothing
            }
            (Connection::Open(live), reachability) => live.due(reachability, now),
        };
        match due {
            Due::Nothing => {}
            Due::Repeat => self.repeat_offer(now, &mut steps),
            Due::Retry(command) => steps.push(NegotiationStep::Command(command)),
            Due::Rebuild => self.rebuild_into(terms, &mut steps),
        }
        steps
    }

    /// The peer hears us (again), or we hear the server again: says once more what may have been lost. The other side may
    /// be about to offer: a connection that is to be opened from here waits for that first.
    pub fn repeat(&mut self, now: Moment) -> Vec<NegotiationStep> {
        let mut steps = Vec::new();
        if let Connection::Absent { open_at } = &mut self.connection {
            // Whoever waits for the other's first offer may wait in vain: they may have met us anew, and wait as well.
            if open_at.replace(now.plus(OFFER_EXPECTED_MS)).is_none() {
                self.politeness = Politeness::Provisional;
            }
        }
        self.repeat_offer(now, &mut steps);
        if steps.is_empty() {
            self.repeat_candidates(&mut steps);
        }
        steps
    }

    /// The other end refuses an offer. That it does may come late: where no offer of ours waits for its answer any more it means nothing.
    /// Otherwise what there is stays, and the offer is said again a while later, however often it is refused. Says whether one waits.
    pub fn hear_refusal(&mut self, now: Moment) -> bool {
        let Connection::Open(live) = &mut self.connection else {
            return false;
        };
        let Signaling::Offered(offer) = &mut live.signaling else {
            return false;
        };
        if live.running.is_some() {
            return false;
        }
        offer.said = now;
        offer.repeats = 0;
        offer.is_refused = true;
        true
    }

    /// Asks for new ICE credentials as soon as nothing is under way, and for candidates of this route.
    pub fn restart_ice(&mut self, route: Route, terms: Terms<'_>) -> Vec<NegotiationStep> {
        let mut steps = Vec::new();
        if let Connection::Open(live) = &mut self.connection {
            if live.route != route {
                live.route = route;
                steps.push(NegotiationStep::Command(PeerCommand::SetRoute(route)));
            }
            live.wants_restart = true;
            self.advance(terms, &mut steps);
        }
        steps
    }

    /// Gives the connection up and offers from a new one at once; whoever asks for it sees to pauses.
    pub fn rebuild(&mut self, terms: Terms<'_>) -> Vec<NegotiationStep> {
        let mut steps = Vec::new();
        self.rebuilds = 0;
        self.rebuild_into(terms, &mut steps);
        steps
    }

    /// Passes fresh servers on to the connection.
    pub fn set_ice_servers(&self, ice_servers: &[IceServer]) -> Option<NegotiationStep> {
        self.is_open()
            .then(|| NegotiationStep::Command(PeerCommand::SetIceServers(ice_servers.to_vec())))
    }

    /// Lets go of the connection for good.
    pub fn close(&mut self) -> Option<NegotiationStep> {
        let open = self.is_open();
        self.reopening.discard();
        self.connection = Connection::Absent { open_at: None };
        open.then_some(NegotiationStep::Command(PeerCommand::Close))
    }

    /// The connection of this generation reports; older ones are not listened to.
    pub fn hear_connection(
        &mut self,
        generation: u32,
        event: PeerEvent,
        terms: Terms<'_>,
    ) -> Vec<NegotiationStep> {
        let mut steps = Vec::new();
        let Connection::Open(live) = &mut self.connection else {
            return steps;
        };
        if generation != self.generation {
            return steps;
        }
        match event {
            PeerEvent::NegotiationNeeded => live.note_need(),
            PeerEvent::LocalOffer { sdp } => {
                self.finish_offer(sdp, terms.now, &mut steps);
            }
            PeerEvent::LocalAnswer { sdp } => self.finish_answer(sdp, &mut steps),
            PeerEvent::AnswerApplied => self.finish_applying(&mut steps),
            PeerEvent::OperationFailed { .. } => {
                if live.fail(terms.now) == OperationFailure::Final {
                    self.rebuild_into(terms, &mut steps);
                }
            }
            PeerEvent::Candidate(candidate) => {
                live.local_candidates.keep(candidate.clone());
                steps.push(NegotiationStep::Send(Signal::Candidate(candidate)));
            }
            PeerEvent::Received { .. } | PeerEvent::Pair(_) => {}
            PeerEvent::Connection(state) => {
                live.state = state;
                match state {
                    ConnectionState::Connected => {
                        live.wants_restart = false;
                        self.rebuilds = 0;
                    }
                    ConnectionState::Closed => self.rebuild_into(terms, &mut steps),
                    _ => {}
                }
            }
        }
        self.advance(terms, &mut steps);
        steps
    }

    pub(super) fn open(
        &mut self,
        origin: Origin,
        terms: Terms<'_>,
        steps: &mut Vec<NegotiationStep>,
    ) {
        self.generation = self.generation.saturating_add(1);
        self.connection = Connection::Open(Box::new(OpenConnection::new(origin)));
        steps.push(NegotiationStep::Command(PeerCommand::Open {
            generation: self.generation,
            initiator: origin == Origin::Offered,
            shape: terms.shape,
            ice_servers: terms.ice_servers.to_vec(),
        }));
    }

    /// Closes the connection, if there is one, and remembers the peer's as replaced.
    pub(super) fn retire(&mut self, steps: &mut Vec<NegotiationStep>) {
        let absent = Connection::Absent { open_at: None };
        if let Connection::Open(live) = std::mem::replace(&mut self.connection, absent) {
            steps.push(NegotiationStep::Command(PeerCommand::Close));
            if let Some(peer) = live.peer {
                if self.retired.len() == MOST_RETIRED {
                    self.retired.pop_front();
                }
                self.retired.push_back(peer);
            }
        }
    }

    pub(super) fn rebuild_into(&mut self, terms: Terms<'_>, steps: &mut Vec<NegotiationStep>) {
        self.retire(steps);
        let pause = match self.rebuilds {
            0 => 0,
            count => (500_u64 << count.min(6)).min(LONGEST_PAUSE_MS),
        };
        self.rebuilds = self.rebuilds.saturating_add(1);
        self.connection = Connection::Absent {
            open_at: Some(terms.now.plus(pause)),
        };
        steps.extend(self.begin(terms));
    }
}

#[cfg(test)]
#[path = "tests/state.rs"]
mod tests;
