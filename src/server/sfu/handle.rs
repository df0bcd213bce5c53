//! How the rest of the server holds the SFU: whole, a room of it, a seat of it.
//!
//! Invariant: nothing here blocks or fails. A room that is dropped takes its seats with it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::door::Door;
use super::figures::{Figures, ShardFigures};
use super::keys::{RoomKey, SeatKey};
use super::letterbox::{Letterbox, Offer, Seated};
use super::listeners::{Client, Hearing};
use super::options::{SfuMode, SfuOptions};
use super::shard::RunningShard;
use super::start::start_shards;
use super::start_error::SfuStartError;
use crate::protocol::sfu::Watch;
use crate::protocol::{MediaState, PeerId};
use crate::server::net::reached_at::ReachedAt;
use crate::server::secrets::random;

/// The id to which descriptions for the SFU are addressed. Peers' ids are longer.
const PEER: &str = "sfu";

/// The SFU of this process.
#[derive(Clone)]
pub(crate) struct Sfu(Arc<Shared>);

struct Shared {
    /// When calls go through it, as the operator decided.
    mode: SfuMode,
    /// Each person may send so many bit/s of content of files.
    file_bits_per_second: u64,
    /// Names this run of the server.
    run: String,
    /// Rooms are spread over these.
    shards: Vec<Shard>,
    /// The relay hands datagrams over here.
    door: Door,
    /// The next room or seat gets this number.
    next: AtomicU64,
    /// The threads, until they have been stopped.
    threads: Mutex<Vec<RunningShard>>,
}

struct Shard {
    /// What happens there is counted here.
    figures: Arc<Figures>,
    letterbox: Arc<Letterbox>,
    /// So many seats are there.
    seats: Arc<AtomicUsize>,
    /// Its thread has more to do than it has time for.
    is_overloaded: Arc<AtomicBool>,
}

impl Sfu {
    /// Starts the threads of the SFU. The world reaches this machine at `external`, if it is behind a NAT.
    ///
    /// # Errors
    /// [`SfuStartError`] when its ports cannot be had.
    pub(crate) fn start(options: &SfuOptions, external: &[IpAddr]) -> Result<Self, SfuStartError> {
        let (threads, door) = start_shards(options, external)?;
        let shards = threads
            .iter()
            .map(|thread| Shard {
                figures: thread.figures(),
                letterbox: thread.letterbox(),
                seats: Arc::default(),
                is_overloaded: thread.is_overloaded(),
            })
            .collect();
        Ok(Self(Arc::new(Shared {
            mode: options.mode,
            file_bits_per_second: options.file_bits_per_second(),
            run: data_encoding::BASE64URL_NOPAD.encode(&random::bytes::<6>()?),
            shards,
            door,
            next: AtomicU64::new(1),
            threads: Mutex::new(threads),
        })))
    }

    /// The id to which descriptions for the SFU are addressed.
    pub(crate) fn peer() -> PeerId {
        PeerId::new(PEER)
    }

    /// Gives the door by which the relay leads to it.
    pub(crate) fn door(&self) -> Door {
        self.0.door.clone()
    }

    /// Says when calls go through it.
    pub(crate) fn mode(&self) -> SfuMode {
        self.0.mode
    }

    /// Says how many bit/s of content of files each person may send through it; 0 stands for none.
    pub(crate) fn file_bits_per_second(&self) -> u64 {
        self.0.file_bits_per_second
    }

    /// Names this run of the server.
    pub(crate) fn run(&self) -> &str {
        &self.0.run
    }

    /// Tells the figures of every thread, and how long things took there since the last time.
    pub(crate) fn figures(&self) -> Vec<ShardFigures> {
        let shards = self.0.shards.iter();
        let figures = shards.map(|shard| ShardFigures {
            seats: shard.seats.load(Ordering::Relaxed),
            is_overloaded: shard.is_overloaded.load(Ordering::Relaxed),
            told: shard.figures.tell(),
        });
        figures.collect()
    }

    /// Opens a room, which is told whom the SFU hears. It stays on the thread that had the fewest seats.
    pub(crate) fn open(&self, hearing: Arc<dyn Hearing>) -> SfuRoom {
        let seats = |shard: &usize| self.0.shards[*shard].seats.load(Ordering::Relaxed);
        let shard = (0..self.0.shards.len()).min_by_key(seats).unwrap_or(0);
        SfuRoom {
            key: RoomKey(self.number()),
            sfu: self.clone(),
            shard,
            hearing,
            seats: Mutex::default(),
        }
    }

    /// Ends every session and every thread. It blocks for some milliseconds.
    pub(crate) fn stop(&self) {
        for thread in std::mem::take(&mut *self.0.threads.lock()) {
            thread.stop();
        }
    }

    fn number(&self) -> u64 {
        self.0.next.fetch_add(1, Ordering::Relaxed)
    }
}

/// A room of the SFU; whoever drops it ends its sessions.
pub(crate) struct SfuRoom {
    key: RoomKey,
    sfu: Sfu,
    /// The number of its thread.
    shard: usize,
    hearing: Arc<dyn Hearing>,
    /// Every seat of it.
    seats: Mutex<HashMap<PeerId, SfuSeat>>,
}

impl SfuRoom {
    /// Gives somebody a seat, or the one they have when they come back over another socket: their session goes on.
    pub(crate) fn seat(&self, peer: &PeerId, client: Arc<dyn Client>) -> SfuSeat {
        let shard = &self.sfu.0.shards[self.shard];
        let mut seats = self.seats.lock();
        let seat = seats.entry(peer.clone()).or_insert_with(|| {
            shard.seats.fetch_add(1, Ordering::Relaxed);
            SfuSeat {
                key: SeatKey(self.sfu.number()),
                letterbox: shard.letterbox.clone(),
            }
        });
        let seat = seat.clone();
        drop(seats);
        let seated = Seated {
            room: self.key,
            peer: peer.clone(),
            client,
            hearing: self.hearing.clone(),
        };
        seat.write(|letter| letter.seated = Some(seated));
        seat
    }

    /// Ends somebody's seat and session.
    pub(crate) fn unseat(&self, peer: &PeerId) {
        let seat = self.seats.lock().remove(peer);
        if let Some(seat) = seat {
            let shard = &self.sfu.0.shards[self.shard];
            shard.seats.fetch_sub(1, Ordering::Relaxed);
            seat.write(|letter| letter.is_free = true);
        }
    }

    /// Says whether its thread has more to do than it has time for.
    pub(crate) fn is_overloaded(&self) -> bool {
        let shard = &self.sfu.0.shards[self.shard];
        shard.is_overloaded.load(Ordering::Relaxed)
    }

    /// Says what somebody sends.
    pub(crate) fn media(&self, peer: &PeerId, media: MediaState) {
        let seat = self.seats.lock().get(peer).cloned();
        if let Some(seat) = seat {
            seat.write(|letter| letter.media = Some(media));
        }
    }
}

impl Drop for SfuRoom {
    fn drop(&mut self) {
        let shard = &self.sfu.0.shards[self.shard];
        let seats = self.seats.get_mut().len();
        shard.seats.fetch_sub(seats, Ordering::Relaxed);
        shard.letterbox.close(self.key);
    }
}

/// A seat of the SFU, as its connection holds it.
#[derive(Clone)]
pub(crate) struct SfuSeat {
    key: SeatKey,
    letterbox: Arc<Letterbox>,
}

impl std::fmt::Debug for SfuSeat {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("SfuSeat").field(&self.key).finish()
    }
}

impl SfuSeat {
    /// Hands over an offer, which is answered over the socket that reached the server like this.
    pub(crate) fn offer(&self, sdp: String, serial: Option<u32>, reached: ReachedAt) {
        let offer = Offer {
            sdp,
            serial,
            reached,
        };
        self.write(|letter| letter.offer = Some(offer));
    }

    /// Says what is wanted to be seen.
    pub(crate) fn watch(&self, watch: Watch) {
        self.write(|letter| letter.watch = Some(watch));
    }

    /// Says that the slots up to this number have been seen.
    pub(crate) fn seen(&self, number: u32) {
        self.write(|letter| {
            letter.seen = Some(letter.seen.map_or(number, |seen| seen.max(number)))
        });
    }

    fn write(&self, change: impl FnOnce(&mut super::letterbox::Letter)) {
        self.letterbox.write(self.key, change);
    }
}
