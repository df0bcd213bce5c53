//! What every room of the server shares.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::core::Settings;
use super::ids::RoomId;
use super::mode::{ModeTerms, SfuPolicy};
use super::open_rooms::{OpenRooms, RoomCaps};
use super::rotation::EarlierRuns;
use super::seat::Command;
use crate::protocol::{Limits, PeerId};
use crate::server::clock::Clock;
use crate::server::ice::IceServers;
use crate::server::net::address_rates::{AddressRates, Rate};
use crate::server::secrets::resume_token::{Claim, TokenSigner};
use crate::server::sfu::{Sfu, SfuMode};
use crate::server::turn::Members;

/// The server takes tokens of earlier runs for this long after its start.
const RETURN_WINDOW: Duration = Duration::from_secs(120);

/// New seats are taken by one address at this pace. As many wait as are let in within the 10 s that they have to join.
const ARRIVALS: Rate = Rate {
    burst: 30,
    per_second: 10,
    waiting: 100,
};

/// What every room of the server shares.
pub(super) struct SharedRooms {
    /// Every core is made with these settings.
    pub(super) settings: Settings,
    /// Every welcome tells the client these limits.
    pub(super) limits: Limits,
    /// Every welcome tells which STUN and TURN servers there are, with fresh credentials.
    pub(super) ice_servers: IceServers,
    /// Whoever has a seat stands here too, so that the relay serves them.
    pub(super) members: Members,
    /// Whoever speaks to the SFU gets a seat there too; `None` where there is none.
    pub(super) sfu: Option<Sfu>,
    /// Resume tokens are signed and checked with this.
    pub(super) signer: TokenSigner,
    /// Every room reads this clock.
    pub(super) clock: Clock,
    /// The open rooms, and the seats that are kept in them.
    rooms: Mutex<OpenRooms<mpsc::Sender<Command>>>,
    /// New seats are taken by each address at its pace, whatever rooms they are in.
    pub(super) arrivals: Mutex<AddressRates>,
    /// These peers of earlier runs are gone for good: their old tokens bring nobody back, up to that generation.
    departed: Mutex<HashMap<PeerId, u32>>,
    /// The server stops: nobody is let in, and nobody is said to be away.
    closing: AtomicBool,
    /// The next room to be opened gets this number.
    next_room: AtomicU64,
    /// The rooms' tasks are counted here, and waited for when the server stops.
    pub(super) tasks: TaskTracker,
}

impl SharedRooms {
    /// Begins with no rooms, and never has more than the caps allow.
    pub(super) fn new(
        limits: Limits,
        ice_servers: IceServers,
        members: Members,
        sfu: Option<Sfu>,
        signer: TokenSigner,
        clock: Clock,
        caps: RoomCaps,
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
            sfu,
            signer,
            clock,
            rooms: Mutex::new(OpenRooms::new(caps)),
            arrivals: Mutex::new(AddressRates::new(ARRIVALS)),
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

    /// Says what is the same for all rooms when they decide whether they go through the SFU; `None` where there is none.
    pub(super) fn mode_terms(&self) -> Option<ModeTerms> {
        let policy = match self.sfu.as_ref()?.mode() {
            SfuMode::Off => return None,
            SfuMode::Auto => SfuPolicy::Auto,
            SfuMode::Always => SfuPolicy::Always,
        };
        let mesh_capacity = self.limits.mesh_capacity;
        Some(ModeTerms {
            policy,
            mesh_capacity: mesh_capacity
                .and_then(|most| usize::try_from(most).ok())
                .unwrap_or(usize::MAX),
            run_began: self.clock.started_at(),
        })
    }

    /// Gives the open rooms, locked.
    pub(super) fn rooms(&self) -> MutexGuard<'_, OpenRooms<mpsc::Sender<Command>>> {
        self.rooms.lock()
    }

    /// Lets nobody in from now on, and says of nobody that they are away. A room that is not asked for any more ends
    /// when its connections do.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.rooms().close_all();
        self.tasks.close();
    }

    /// Says whether the server stops.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Says whether tokens of earlier runs are taken with this one, if it is one of them.
    pub(super) fn earlier_runs(&self, claim: &Claim) -> EarlierRuns {
        let departed = self.departed.lock();
        let left_with = departed.get(&claim.peer);
        let has_left = left_with.is_some_and(|newest| claim.stamp.generation <= *newest);
        if has_left || !self.is_return_window_open() {
            EarlierRuns::Refused
        } else {
            EarlierRuns::Accepted
        }
    }

    /// Notes that this peer of an earlier run is gone for good, as far as tokens of that run up to this generation go.
    pub(super) fn refuse_earlier_runs_of(&self, peer: PeerId, newest: u32) {
        // Later on none are taken anyway, and nothing has to be remembered.
        if self.is_return_window_open() {
            let mut departed = self.departed.lock();
            let known = departed.entry(peer).or_default();
            *known = newest.max(*known);
        }
    }

    /// Notes that whoever holds this token has left, if an earlier run gave it out: nobody waits for them.
    pub(super) fn refuse_return_with(&self, claim: &Claim) {
        if claim.stamp.boot != self.settings.boot {
            self.refuse_earlier_runs_of(claim.peer.clone(), claim.stamp.generation);
        }
    }

    fn is_return_window_open(&self) -> bool {
        let window = u64::try_from(RETURN_WINDOW.as_millis()).unwrap_or(u64::MAX);
        self.clock.now() < self.clock.started_at().saturating_add(window)
    }
}

impl fmt::Debug for SharedRooms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("SharedRooms");
        shown.field("limits", &self.limits).finish_non_exhaustive()
    }
}
