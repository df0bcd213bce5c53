//! Finds rooms by name, opens them when somebody comes, and forgets them when everybody is gone.
//!
//! Invariant: a name leads to at most one room at a time, and no more rooms are open than the server's limit.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use super::actor::{Command, Joining, RoomActor};
use super::core::Settings;
use super::seat::{JoinRefusal, SeatHandle};
use super::{ConnectionId, RoomId};
use crate::protocol::{DisplayName, IceServer, Limits, MediaState, PeerId, ResumeToken, RoomName};
use crate::server::clock::Clock;
use crate::server::ice::{IceServers, Lifetime};
use crate::server::rooms::outbox::Outbox;
use crate::server::secrets::resume_token::TokenSigner;
use crate::server::turn::Members;

/// How long after its start the server takes tokens of earlier runs.
const RETURN_WINDOW: Duration = Duration::from_secs(120);

/// Commands that may wait for one room; then its connections wait.
const COMMANDS: usize = 64;

/// Somebody at the door, as their connection describes them.
#[derive(Debug)]
pub(crate) struct JoinRequest {
    /// Their connection.
    pub(crate) connection: ConnectionId,
    /// Where the room writes to them.
    pub(crate) mailbox: Arc<Outbox>,
    /// What they are called.
    pub(crate) name: DisplayName,
    /// What they send.
    pub(crate) media: MediaState,
    /// Where their browser found the page: a host, maybe with a port.
    pub(crate) authority: Option<Arc<str>>,
}

/// Every room of the server. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Rooms(Arc<SharedRooms>);

/// What every room of the server shares.
#[derive(Debug)]
pub(super) struct SharedRooms {
    pub(super) settings: Settings,
    pub(super) limits: Limits,
    pub(super) ice_servers: IceServers,
    /// Who may use the relay.
    pub(super) members: Members,
    pub(super) signer: TokenSigner,
    pub(super) clock: Clock,
    most_rooms: usize,
    rooms: Mutex<HashMap<RoomName, mpsc::Sender<Command>>>,
    /// Peers of earlier runs who were back and are gone for good.
    departed: Mutex<HashSet<PeerId>>,
    closing: AtomicBool,
    next_room: AtomicU64,
    tasks: TaskTracker,
}

impl Rooms {
    /// No rooms yet. At most `most_rooms` are open at a time.
    pub(crate) fn new(
        limits: Limits,
        ice_servers: IceServers,
        members: Members,
        signer: TokenSigner,
        clock: Clock,
        most_rooms: usize,
    ) -> Self {
        let settings = Settings {
            capacity: limits.room_capacity,
            seat_kept_ms: limits.seat_kept_ms,
            boot: signer.boot(),
        };
        Self(Arc::new(SharedRooms {
            settings,
            limits,
            ice_servers,
            members,
            signer,
            clock,
            most_rooms,
            rooms: Mutex::default(),
            departed: Mutex::default(),
            closing: AtomicBool::new(false),
            next_room: AtomicU64::new(1),
            tasks: TaskTracker::new(),
        }))
    }

    /// What a peer whose browser found the page at `authority` gathers candidates with, with fresh credentials.
    pub(crate) fn ice_servers(&self, peer: &PeerId, authority: Option<&str>) -> Vec<IceServer> {
        let shared = &self.0;
        shared
            .ice_servers
            .told_to(peer, authority, Lifetime::Usual, shared.clock.now())
    }

    /// Takes a seat, or takes one back with a token. The welcome is in the request's mailbox when this returns.
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
            if shared.is_closing() {
                return Err(JoinRefusal::ShuttingDown);
            }
            let (answer, answered) = oneshot::channel();
            let retry = JoinRequest {
                connection: joining.connection,
                mailbox: Arc::clone(&joining.mailbox),
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

    /// The names of those who are in a room, in order of arrival; nobody when there is no such room.
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

    /// How many people fit into a room.
    pub(crate) fn capacity(&self) -> u32 {
        self.0.limits.room_capacity
    }

    /// Stops letting people in, and stops telling who is away: the connections are about to be closed.
    pub(crate) fn close(&self) {
        self.0.closing.store(true, Ordering::Release);
    }

    /// How many rooms are open.
    pub(crate) fn count(&self) -> usize {
        self.0.rooms().len()
    }

    fn room(&self, name: &RoomName) -> Result<mpsc::Sender<Command>, JoinRefusal> {
        let mut rooms = self.0.rooms();
        if let Some(room) = rooms.get(name)
            && !room.is_closed()
        {
            return Ok(room.clone());
        }
        if rooms.len() >= self.0.most_rooms {
            return Err(JoinRefusal::ServerFull);
        }
        let id = RoomId(self.0.next_room.fetch_add(1, Ordering::Relaxed));
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

impl SharedRooms {
    fn rooms(&self) -> MutexGuard<'_, HashMap<RoomName, mpsc::Sender<Command>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The room of that name is empty.
    pub(super) fn forget(&self, name: &RoomName) {
        self.rooms().remove(name);
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Whether a token of an earlier run may bring this peer back.
    pub(super) fn accepts_earlier_runs_of(&self, peer: &PeerId) -> bool {
        let window = u64::try_from(RETURN_WINDOW.as_millis()).unwrap_or(u64::MAX);
        let open = self.clock.now() < self.clock.started_at().saturating_add(window);
        open && !self
            .departed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(peer)
    }

    /// This peer of an earlier run was back and is gone for good.
    pub(super) fn refuse_earlier_runs_of(&self, peer: PeerId) {
        if self.accepts_earlier_runs_of(&peer) {
            self.departed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(peer);
        }
    }
}
