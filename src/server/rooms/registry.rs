//! Finds rooms by name, opens them when somebody comes, and forgets them when everybody is gone.
//!
//! Invariant: a name leads to at most one room at a time, and no more rooms are open than the server's limit.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::actor::RoomActor;
use super::seat::{Command, JoinRefusal, JoinRequest, Joining, SeatHandle};
use super::shared::SharedRooms;
use crate::protocol::{DisplayName, IceServer, Limits, PeerId, ResumeToken, RoomName};
use crate::server::clock::Clock;
use crate::server::ice::{IceServers, Lifetime};
use crate::server::secrets::resume_token::TokenSigner;
use crate::server::turn::Members;

/// So many commands may wait for one room; then its connections wait.
const COMMANDS: usize = 64;

/// Every room of the server. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Rooms(Arc<SharedRooms>);

impl Rooms {
    /// Begins with no rooms. At most `most_rooms` are open at a time.
    pub(crate) fn new(
        limits: Limits,
        ice_servers: IceServers,
        members: Members,
        signer: TokenSigner,
        clock: Clock,
        most_rooms: usize,
    ) -> Self {
        Self(Arc::new(SharedRooms::new(
            limits,
            ice_servers,
            members,
            signer,
            clock,
            most_rooms,
        )))
    }

    /// Says what a peer whose browser found the page at `authority` gathers candidates with, with fresh credentials.
    pub(crate) fn ice_servers(&self, peer: &PeerId, authority: Option<&str>) -> Vec<IceServer> {
        let shared = &self.0;
        shared
            .ice_servers
            .told_to(peer, authority, Lifetime::Usual, shared.clock.now())
    }

    /// Takes a seat, or takes one back with a token. The welcome is in the request's outbox when this returns.
    ///
    /// # Errors
    /// [`JoinRefusal`] says why there is no seat.
    pub(crate) async fn join(
        &self,
        room: &RoomName,
        request: JoinRequest,
        resume: Option<&ResumeToken>,
    ) -> Result<SeatHandle, JoinRefusal> {
        let shared = &self.0;
        let claim = resume.and_then(|token| shared.signer.verify(room, token, shared.clock.now()));
        let mut joining = request;
        loop {
            let (answer, answered) = oneshot::channel();
            let retry = JoinRequest {
                connection: joining.connection,
                outbox: Arc::clone(&joining.outbox),
                name: joining.name.clone(),
                media: joining.media,
                authority: joining.authority.clone(),
            };
            let command = Command::Join(Box::new(Joining {
                request: joining,
                claim: claim.clone(),
                answer,
            }));
            let sent = self.room(room)?.send(command).await;
            if sent.is_ok()
                && let Ok(decided) = answered.await
            {
                return decided;
            }
            // The room closed in this very moment: the next one of that name is another.
            joining = retry;
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
        let open = shared.rooms().get(room).cloned();
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

    /// Lists the names of those who are in a room, in order of arrival; nobody when there is no such room.
    pub(crate) async fn who_is_inside(&self, room: &RoomName) -> Vec<DisplayName> {
        let Some(room) = self.0.rooms().get(room).cloned() else {
            return Vec::new();
        };
        let (answer, answered) = oneshot::channel();
        if room.send(Command::WhoIsInside(answer)).await.is_err() {
            return Vec::new();
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
        self.0.rooms().len()
    }

    fn room(&self, name: &RoomName) -> Result<mpsc::Sender<Command>, JoinRefusal> {
        let mut rooms = self.0.rooms();
        if self.0.is_closing() {
            return Err(JoinRefusal::ShuttingDown);
        }
        if let Some(room) = rooms.get(name)
            && !room.is_closed()
        {
            return Ok(room.clone());
        }
        if rooms.len() >= self.0.most_rooms {
            return Err(JoinRefusal::ServerFull);
        }
        let id = self.0.next_id();
        let (sender, commands) = mpsc::channel(COMMANDS);
        let actor = RoomActor::new(
            id,
            name.clone(),
            Arc::clone(&self.0),
            commands,
            sender.downgrade(),
        );
        self.0.tasks.spawn(actor.run());
        rooms.insert(name.clone(), sender.clone());
        Ok(sender)
    }
}
