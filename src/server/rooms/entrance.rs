//! How somebody comes into a room: at once on a seat of their own, otherwise in their turn.
//!
//! Invariant: whoever asks is answered at once, if only that they have to wait; whoever is let in has the welcome before
//! anything else, and is known to the others before they can say anything.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::actor::{Contact, RoomActor, encode};
use super::admission::{Admission, Newcomer, RoomFull};
use super::join_queue::Arrival;
use super::rotation::EarlierRuns;
use super::seat::{Answer, JoinRefusal, JoinRequest, Joining, SeatHandle, Waiter};
use super::sfu_access::OfferRate;
use crate::protocol::{CloseCode, ServerMessage};
use crate::server::ice::Lifetime;
use crate::server::secrets::random;
use crate::server::secrets::resume_token::Claim;

impl RoomActor {
    /// Answers somebody who asks for a seat, in any case at once.
    pub(super) fn join(&mut self, joining: Joining) {
        let Joining {
            request,
            claim,
            answer,
        } = joining;
        // Whoever has gone in the meantime takes no seat.
        if answer.is_closed() {
            return;
        }
        self.expire();
        let earlier = self.earlier_runs(claim.as_ref());
        let decided = match &claim {
            Some(claim) if !self.core.knows(claim, earlier) => {
                drop(answer.send(Answer::NotTheirs));
                return;
            }
            Some(_) => self.admit(request, claim, earlier),
            None => match self.refusal(&request) {
                Some(refusal) => Some(Err(refusal)),
                None => match self.arrive(request.latest) {
                    Arrival::Enters => self.admit(request, None, earlier),
                    Arrival::TurnedAway => Some(Err(JoinRefusal::TooManyAtOnce)),
                    Arrival::Waits if !self.is_open_for_another() => None,
                    Arrival::Waits => {
                        let (turn, later) = oneshot::channel();
                        if answer.send(Answer::Later(later)).is_ok() {
                            let answer = turn;
                            self.queue.wait(Waiter { request, answer });
                        }
                        return;
                    }
                },
            },
        };
        if let Some(decided) = decided {
            // A connection that has gone in the meantime drops the handle, and with it the seat's presence.
            drop(answer.send(Answer::Decided(decided)));
        }
    }

    /// Says why somebody gets no new seat, however long they wait.
    fn refusal(&self, request: &JoinRequest) -> Option<JoinRefusal> {
        if !self.core.has_free_seat() {
            return Some(JoinRefusal::RoomFull);
        }
        let most = self.shared.limits.mesh_capacity?;
        let is_reached = request.speaks_to_sfu || !self.core.exceeds(most);
        (!is_reached).then_some(JoinRefusal::SfuNeeded(most))
    }

    /// Says whether somebody may still come into the room, and if so keeps it from making place for another one.
    fn is_open_for_another(&self) -> bool {
        self.shared.rooms().enter(&self.name, self.id)
    }

    fn earlier_runs(&self, claim: Option<&Claim>) -> EarlierRuns {
        match claim {
            Some(claim) => self.shared.earlier_runs(claim),
            None => EarlierRuns::Refused,
        }
    }

    fn arrive(&mut self, latest: Instant) -> Arrival {
        self.queue.strike_out(Waiter::is_gone);
        let clock = self.shared.clock;
        self.queue.arrive(clock.at(latest), clock.now())
    }

    /// Lets those in whose turn has come.
    pub(super) fn let_in(&mut self) {
        self.queue.strike_out(Waiter::is_gone);
        while let Some(Waiter { request, answer }) = self.queue.enter(self.shared.clock.now()) {
            if let Some(decided) = self.admit(request, None, EarlierRuns::Refused) {
                drop(answer.send(decided));
            }
        }
    }

    /// Gives somebody a seat, if one is free. The welcome is in their outbox afterwards. `None` when the room is about to
    /// end, and they have to ask again.
    fn admit(
        &mut self,
        request: JoinRequest,
        claim: Option<Claim>,
        earlier: EarlierRuns,
    ) -> Option<Result<SeatHandle, JoinRefusal>> {
        if !self.is_open_for_another() {
            return None;
        }
        if claim.is_none()
            && let Some(refusal) = self.refusal(&request)
        {
            return Some(Err(refusal));
        }
        let speaks_to_sfu = request.speaks_to_sfu && self.shared.sfu.is_some();
        let now = self.shared.clock.now();
        let Ok(fresh) = random::bytes().map(random::peer_id) else {
            return Some(Err(JoinRefusal::ServerFull));
        };
        let connection = request.connection;
        let newcomer = Newcomer {
            connection,
            name: request.name,
            media: request.media,
            kind: request.kind,
            speaks_to_sfu,
            claim,
            earlier,
            fresh,
        };
        let admission = match self.core.join(newcomer, now) {
            Ok(admission) => admission,
            Err(RoomFull) => return Some(Err(JoinRefusal::RoomFull)),
        };
        let sender = self.sender.upgrade()?;
        self.shared.members.enter(&admission.peer);
        tracing::info!(room = %self.id, peer = %admission.peer, resumed = admission.resumed, "joined");
        let Admission {
            peer,
            resumed,
            arrival,
            stamp,
            others,
            recovering,
            replaced,
            news,
            sfu_news,
        } = admission;
        let claim = Claim {
            peer: peer.clone(),
            arrival,
            stamp,
        };
        let resume = self.shared.signer.sign(&self.name, &claim, now)?;
        // With the newcomer among the facts, so that what the welcome tells does not change in the next moment.
        self.decide();
        let welcome = ServerMessage::Welcome {
            peer: peer.clone(),
            resume,
            resumed,
            room: self.name.as_str().to_owned(),
            peers: others,
            ice_servers: self.shared.ice_servers.told_to(
                &peer,
                request.authority.as_deref(),
                Lifetime::Usual,
                now,
            ),
            ice_transport_policy: self.shared.ice_servers.policy,
            limits: self.shared.limits,
            recovering,
            sfu: speaks_to_sfu.then(|| self.sfu_terms()).flatten(),
        };
        // The welcome comes before anything the others may say, and they know the newcomer before it says anything.
        if let Some(text) = encode(&welcome) {
            request.outbox.welcome(text);
        }
        if resumed {
            self.shared.rooms().release(&peer);
        }
        let known = self.contacts.get(&peer);
        let offers = known.and_then(|contact| contact.offers.clone());
        let (sfu, offers) = if speaks_to_sfu {
            let rate = offers.unwrap_or_else(|| OfferRate::new(self.shared.clock));
            let sfu = self.seat_at_sfu(&peer, &request.outbox, request.media, rate.clone());
            (sfu, Some(rate))
        } else {
            self.unseat_at_sfu(&peer);
            (None, offers)
        };
        let contact = Contact {
            authority: request.authority,
            networks: request.networks,
            offers,
        };
        self.contacts.insert(peer.clone(), contact);
        let previous = self.directory.connect(&peer, connection, request.outbox);
        if replaced.is_some()
            && let Some(previous) = previous
        {
            previous.close(CloseCode::ResumedElsewhere);
        }
        self.announce(news);
        self.announce(sfu_news);
        let directory = Arc::clone(&self.directory);
        let seat = SeatHandle::new(peer, connection, sender, directory, sfu);
        Some(Ok(seat))
    }
}
