//! What a shard of the SFU is told by the rooms and connections, who never wait for it.
//!
//! Invariant: there is one place of each kind for a seat, and the newest of a kind replaces what waits there. So it cannot
//! overflow: it holds no more than the rooms have seats.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::keys::{RoomKey, SeatKey};
use super::listeners::{Client, Hearing};
use super::waker::Waker;
use crate::protocol::sfu::Watch;
use crate::protocol::{MediaState, PeerId};
use crate::server::net::reached_at::ReachedAt;

/// A shard's letterbox.
pub(super) struct Letterbox {
    /// What waits to be read.
    letters: Mutex<Letters>,
    /// Wakes the shard.
    waker: Waker,
}

#[derive(Default)]
struct Letters {
    /// Each seat of which something has to be known has one.
    seats: HashMap<SeatKey, Letter>,
    /// The seats stand here in the order in which they were first written of.
    order: Vec<SeatKey>,
    /// These rooms are no more.
    closed: Vec<RoomKey>,
    /// The server stops.
    stops: bool,
}

/// What is new of a seat.
#[derive(Default)]
pub(super) struct Letter {
    /// Somebody took the seat, or came back to it over another socket.
    pub(super) seated: Option<Seated>,
    /// Its person sends this now.
    pub(super) media: Option<MediaState>,
    /// Its person offers a connection.
    pub(super) offer: Option<Offer>,
    /// Its person wants to see this.
    pub(super) watch: Option<Watch>,
    /// Its person has seen the slots up to this number.
    pub(super) seen: Option<u32>,
    /// Nobody has the seat any more.
    pub(super) is_free: bool,
}

/// Who has a seat.
pub(super) struct Seated {
    /// The seat is in this room.
    pub(super) room: RoomKey,
    /// The seat is this peer's.
    pub(super) peer: PeerId,
    /// The peer is written to here.
    pub(super) client: Arc<dyn Client>,
    /// The room is told whom the SFU hears.
    pub(super) hearing: Arc<dyn Hearing>,
}

/// Somebody's offer.
#[derive(Debug)]
pub(super) struct Offer {
    /// The description.
    pub(super) sdp: String,
    /// As its sender numbered it.
    pub(super) serial: Option<u32>,
    /// The sender's WebSocket reached the server like this.
    pub(super) reached: ReachedAt,
}

/// What a shard finds in its letterbox.
#[derive(Default)]
pub(super) struct Post {
    /// What is new of each seat, in order.
    pub(super) letters: Vec<(SeatKey, Letter)>,
    /// These rooms are no more.
    pub(super) closed: Vec<RoomKey>,
    /// The server stops.
    pub(super) stops: bool,
}

impl Letterbox {
    /// An empty letterbox, whose shard is woken by this.
    pub(super) fn new(waker: Waker) -> Self {
        Self {
            letters: Mutex::default(),
            waker,
        }
    }

    /// Writes of a seat.
    pub(super) fn write(&self, seat: SeatKey, change: impl FnOnce(&mut Letter)) {
        let mut letters = self.letters.lock();
        let Letters { seats, order, .. } = &mut *letters;
        change(seats.entry(seat).or_insert_with(|| {
            order.push(seat);
            Letter::default()
        }));
        drop(letters);
        self.waker.wake();
    }

    /// Says that a room is no more, and with it its seats.
    pub(super) fn close(&self, room: RoomKey) {
        self.letters.lock().closed.push(room);
        self.waker.wake();
    }

    /// Says that the server stops.
    pub(super) fn stop(&self) {
        self.letters.lock().stops = true;
        self.waker.wake();
    }

    /// Takes everything that waits.
    pub(super) fn take(&self) -> Post {
        let mut letters = self.letters.lock();
        if letters.order.is_empty() && letters.closed.is_empty() && !letters.stops {
            return Post::default();
        }
        let Letters {
            mut seats,
            order,
            closed,
            stops,
        } = std::mem::take(&mut *letters);
        drop(letters);
        let letters = order
            .into_iter()
            .filter_map(|seat| Some((seat, seats.remove(&seat)?)));
        Post {
            letters: letters.collect(),
            closed,
            stops,
        }
    }
}
