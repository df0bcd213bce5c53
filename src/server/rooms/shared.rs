//! What every room of the server shares.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::core::Settings;
use super::ids::RoomId;
use super::seat::Command;
use crate::protocol::{Limits, PeerId, RoomName};
use crate::server::clock::Clock;
use crate::server::ice::IceServers;
use crate::server::secrets::resume_token::TokenSigner;
use crate::server::turn::Members;

/// The server takes tokens of earlier runs for this long after its start.
const RETURN_WINDOW: Duration = Duration::from_secs(120);

/// What every room of the server shares.
#[derive(Debug)]
pub(super) struct SharedRooms {
    /// Every core is made with these settings.
    pub(super) settings: Settings,
    /// Every welcome tells the client these limits.
    pub(super) limits: Limits,
    /// Every welcome tells which STUN and TURN servers there are, with fresh credentials.
    pub(super) ice_servers: IceServers,
    /// Whoever has a seat stands here too, so that the relay serves them.
    pub(super) members: Members,
    /// Resume tokens are signed and checked with this.
    pub(super) signer: TokenSigner,
    /// Every room reads this clock.
    pub(super) clock: Clock,
    /// So many rooms are open at a time; beyond them nobody opens another.
    pub(super) most_rooms: usize,
    /// Each open room has its queue here.
    rooms: Mutex<HashMap<RoomName, mpsc::Sender<Command>>>,
    /// These peers of earlier runs were back and are gone for good: their old tokens bring nobody back.
    departed: Mutex<HashSet<PeerId>>,
    /// The server stops: nobody is let in, and nobody is said to be away.
    closing: AtomicBool,
    /// The next room to be opened gets this number.
    next_room: AtomicU64,
    /// The rooms' tasks are counted here, and waited for when the server stops.
    pub(super) tasks: TaskTracker,
}

impl SharedRooms {
    /// Begins with no rooms. At most `most_rooms` are open at a time.
    pub(super) fn new(
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
        Self {
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
        }
    }

    /// Gives the id of a room that is about to be opened.
    pub(super) fn next_id(&self) -> RoomId {
        RoomId(self.next_room.fetch_add(1, Ordering::Relaxed))
    }

    /// Gives the open rooms, locked.
    pub(super) fn rooms(&self) -> MutexGuard<'_, HashMap<RoomName, mpsc::Sender<Command>>> {
        self.rooms.lock()
    }

    /// Strikes out the room of that name, which is empty.
    pub(super) fn forget(&self, name: &RoomName) {
        self.rooms().remove(name);
    }

    /// Lets nobody in from now on, and says of nobody that they are away. A room that is not asked for any more ends
    /// when its connections do.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.rooms().clear();
        self.tasks.close();
    }

    /// Says whether the server stops.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Says whether a token of an earlier run may bring this peer back.
    pub(super) fn accepts_earlier_runs_of(&self, peer: &PeerId) -> bool {
        let window = u64::try_from(RETURN_WINDOW.as_millis()).unwrap_or(u64::MAX);
        let open = self.clock.now() < self.clock.started_at().saturating_add(window);
        open && !self.departed.lock().contains(peer)
    }

    /// Notes that this peer of an earlier run was back and is gone for good.
    pub(super) fn refuse_earlier_runs_of(&self, peer: PeerId) {
        if self.accepts_earlier_runs_of(&peer) {
            self.departed.lock().insert(peer);
        }
    }
}
