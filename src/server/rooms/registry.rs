//! Finds rooms by name, opens them when somebody comes, and forgets them when everybody is gone.
//!
//! Invariant: whoever asks for a room reaches the open one of that name, or learns why there is none.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::actor::RoomActor;
use super::address_turn::AddressTurn;
use super::core::Present;
use super::open_rooms::{NoRoom, RoomCaps};
use super::rotation::EarlierRuns;
use super::seat::{Answer, Command, Entry, JoinRefusal, JoinRequest, Joining};
use super::shared::SharedRooms;
use crate::protocol::{IceServer, Limits, PeerId, ResumeToken, RoomName};
use crate::server::clock::Clock;
use crate::server::ice::{IceServers, Lifetime};
use crate::server::net::address_rates::{TooOften, Turn};
use crate::server::net::client_networks::ClientNetworks;
use crate::server::secrets::resume_token::{Claim, TokenSigner};
use crate::server::sfu::Sfu;
use crate::server::turn::Members;

/// So many commands may wait for one room; then its connections wait.
const COMMANDS: usize = 64;

/// Every room of the server. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Rooms(pub(super) Arc<SharedRooms>);

impl Rooms {
    /// Begins with no rooms, and never has more than the caps allow.
    pub(crate) fn new(
        limits: Limits,
        ice_servers: IceServers,
        members: Members,
        sfu: Option<Sfu>,
        signer: TokenSigner,
        clock: Clock,
        caps: RoomCaps,
    ) -> Self {
        Self(Arc::new(SharedRooms::new(
            limits,
            ice_servers,
            members,
            sfu,
            signer,
            clock,
            caps,
        )))
    }

    /// Says what a peer whose browser found the page at `authority` gathers candidates with, with fresh credentials.
    pub(crate) fn ice_servers(&self, peer: &PeerId, authority: Option<&str>) -> Vec<IceServer> {
        let shared = &self.0;
        shared
            .ice_servers
            .told_to(peer, authority, Lifetime::Usual, shared.clock.now())
    }

    /// Takes a seat, or takes one back with a token. The welcome is in the request's outbox when that is decided. Who has
    /// a seat already never waits; a new one is taken at the pace of its address, then of its room.
    pub(crate) async fn join(
        &self,
        room: &RoomName,
        request: JoinRequest,
        resume: Option<&ResumeToken>,
    ) -> Entry {
        let shared = &self.0;
        let now = shared.clock.now();
        let claim = resume.and_then(|token| shared.signer.verify(room, token, now));
        if let Some(claim) = claim.filter(|claim| self.may_know(room, claim)) {
            match self.ask(room, &request, Some(&claim)).await {
                Ok(Answer::NotTheirs) => {}
                answer => return entry(answer),
            }
        }
        let Some(networks) = request.networks else {
            return entry(self.ask(room, &request, None).await);
        };
        let latest = shared.clock.at(request.latest);
        let turn = shared.arrivals.lock().ask(networks, now, latest);
        match turn {
            Err(TooOften { .. }) => Entry::Decided(Err(JoinRefusal::TooManyAtOnce)),
            Ok(Turn::Now) => entry(self.ask(room, &request, None).await),
            Ok(Turn::Later(due)) => {
                let turn = AddressTurn::new(Arc::clone(shared), networks, due, latest);
                let (rooms, room) = (self.clone(), room.clone());
                Entry::Waiting(Box::pin(async move {
                    turn.come().await?;
                    let answer = rooms.ask(&room, &request, None).await;
                    entry(answer).decided().await
                }))
            }
        }
    }

    /// Says whether a claim may be worth something in a room: it is open, or an earlier run of the server had it.
    fn may_know(&self, room: &RoomName, claim: &Claim) -> bool {
        let shared = &self.0;
        let is_open = shared.rooms().find(room).is_some();
        let is_earlier = claim.stamp.boot != shared.settings.boot;
        is_open || (is_earlier && shared.earlier_runs(claim) == EarlierRuns::Accepted)
    }

    /// Asks a room for a seat: for the claimed one, or for a new one.
    async fn ask(
        &self,
        name: &RoomName,
        request: &JoinRequest,
        claim: Option<&Claim>,
    ) -> Result<Answer, JoinRefusal> {
        loop {
            let (answer, answered) = oneshot::channel();
            let command = Command::Join(Box::new(Joining {
                request: request.clone(),
                claim: claim.cloned(),
                answer,
            }));
            let sent = self.room(name, request.networks)?.send(command).await;
            if sent.is_ok()
                && let Ok(answer) = answered.await
            {
                return Ok(answer);
            }
            // The room closed in this very moment: the next one of that name is another.
            tokio::task::yield_now().await;
        }
    }

    /// Gives up the seat that the token is for, as its person would over their socket; returns when everyone knows. Nothing
    /// happens with a token that is worth nothing.
    pub(crate) async fn leave(&self, room: &RoomName, resume: &ResumeToken) {
        let shared = &self.0;
        let Some(claim) = shared.signer.verify(room, resume, shared.clock.now()) else {
            return;
        };
        let open = shared.rooms().find(room).cloned();
        if let Some(open) = open {
            let (done, handled) = oneshot::channel();
            let claim = Box::new(claim.clone());
            let sent = open.send(Command::LeaveByToken { claim, done }).await;
            // Where the room ended before, nobody sits there.
            if sent.is_ok() && handled.await.is_ok() {
                return;
            }
        }
        shared.refuse_return_with(&claim);
    }

    /// Says who is in a room; nobody when there is no such room.
    pub(crate) async fn who_is_inside(&self, room: &RoomName) -> Present {
        let Some(room) = self.0.rooms().find(room).cloned() else {
            return Present::default();
        };
        let (answer, answered) = oneshot::channel();
        if room.send(Command::WhoIsInside(answer)).await.is_err() {
            return Present::default();
        }
        answered.await.unwrap_or_default()
    }

    /// Says how many people fit into a room.
    pub(crate) fn capacity(&self) -> u32 {
        self.0.limits.room_capacity
    }

    /// Stops letting people in, and stops telling who is away: the connections are about to be closed. Each room ends
    /// with the last of its connections.
    pub(crate) fn close(&self) {
        self.0.close();
    }

    /// Waits until every room has ended, after [`Rooms::close`].
    pub(crate) async fn ended(&self) {
        self.0.tasks.wait().await;
    }

    /// Counts the open rooms.
    pub(crate) fn count(&self) -> usize {
        self.0.rooms().count()
    }

    /// Finds a room, or opens it for a client from these networks.
    fn room(
        &self,
        name: &RoomName,
        opener: Option<ClientNetworks>,
    ) -> Result<mpsc::Sender<Command>, JoinRefusal> {
        let mut rooms = self.0.rooms();
        if self.0.is_closing() {
            return Err(JoinRefusal::ShuttingDown);
        }
        if let Some(room) = rooms.find(name)
            && !room.is_closed()
        {
            return Ok(room.clone());
        }
        let id = self.0.next_id();
        let opened = rooms.open(name, id, opener, || {
            let (sender, commands) = mpsc::channel(COMMANDS);
            let actor = RoomActor::new(
                id,
                name.clone(),
                Arc::clone(&self.0),
                commands,
                sender.downgrade(),
            );
            self.0.tasks.spawn(actor.run());
            sender
        });
        opened.map_err(|no_room| match no_room {
            NoRoom::Full => JoinRefusal::ServerFull,
            NoRoom::TooManyOfOne => JoinRefusal::TooManyRooms,
        })
    }
}

/// Says what a room's answer means for whoever asked.
fn entry(answer: Result<Answer, JoinRefusal>) -> Entry {
    match answer {
        Err(refusal) => Entry::Decided(Err(refusal)),
        Ok(Answer::Decided(decided)) => Entry::Decided(decided),
        // That is said of a claim, and whoever asks for a new seat has none.
        Ok(Answer::NotTheirs) => Entry::Decided(Err(JoinRefusal::RoomFull)),
        Ok(Answer::Later(decided)) => Entry::Waiting(Box::pin(async move {
            // A room in which somebody waits ends when the server stops.
            decided.await.unwrap_or(Err(JoinRefusal::ShuttingDown))
        })),
    }
}
