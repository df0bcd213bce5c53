//! The datagrams that the relay hands to a shard inside the process.
//!
//! Invariant: whoever hands one over never waits, and nothing is allocated for it once the queue has grown to what it holds. At most
//! [`MOST_DATAGRAMS`] and [`MOST_BYTES`] wait, and of one relay [`MOST_OF_A_RELAY`], so that whoever floods it takes nobody else's
//! place; what comes then is lost and counted, as it would be at a socket.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

use parking_lot::Mutex;

use super::figures::Figures;
use super::policing::DATAGRAM_BYTES;
use super::socket::Rest;
use super::waker::Waker;

/// So many datagrams wait for a shard.
const MOST_DATAGRAMS: usize = 4_096;

/// So many of them came through one relay.
const MOST_OF_A_RELAY: u32 = 256;

/// The datagrams that wait have so many bytes.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// So many datagrams are taken in one turn of a shard; then its sockets have theirs.
const TURN: usize = 64;

/// The outer side of the queue: the relay puts datagrams in.
#[derive(Debug)]
pub(super) struct DoorQueue {
    /// What waits.
    waiting: Mutex<Waiting>,
    /// Wakes the shard.
    waker: Waker,
    /// What is lost is counted here.
    figures: Arc<Figures>,
}

/// Datagrams, one after the other.
#[derive(Debug, Default)]
struct Waiting {
    /// Their bytes.
    bytes: Vec<u8>,
    /// Each with its length.
    datagrams: Vec<(Handed, usize)>,
    /// So many came through each relay.
    of_relays: HashMap<SocketAddr, u32>,
}

/// Between whom a datagram travels that the relay hands over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Handed {
    /// The relay that it went through has this address, as it is announced.
    pub(super) from: SocketAddr,
    /// The relay's client sent it to this address of the SFU's.
    pub(super) to: SocketAddr,
}

impl DoorQueue {
    /// An empty queue, whose shard is woken by this.
    pub(super) fn new(waker: Waker, figures: Arc<Figures>) -> Self {
        Self {
            waiting: Mutex::default(),
            waker,
            figures,
        }
    }

    /// Puts a datagram in, or loses it. One that is too long for the SFU is not worth a place.
    pub(super) fn put(&self, handed: Handed, datagram: &[u8]) {
        let mut waiting = self.waiting.lock();
        let of_relay = waiting.of_relays.get(&handed.from).copied().unwrap_or(0);
        let is_full = of_relay >= MOST_OF_A_RELAY
            || waiting.datagrams.len() >= MOST_DATAGRAMS
            || waiting.bytes.len() + datagram.len() > MOST_BYTES;
        if is_full || datagram.is_empty() || datagram.len() > DATAGRAM_BYTES {
            self.figures.door_lost.add(1);
            return;
        }
        waiting.bytes.extend_from_slice(datagram);
        waiting.datagrams.push((handed, datagram.len()));
        waiting.of_relays.insert(handed.from, of_relay + 1);
        drop(waiting);
        self.waker.wake();
    }
}

/// The inner side of the queue: the shard takes datagrams out.
#[derive(Debug)]
pub(super) struct Doorway {
    queue: Arc<DoorQueue>,
    /// These were taken out at once.
    taken: Waiting,
    /// The next of them has this number.
    next: usize,
    /// The next of them begins at this byte.
    start: usize,
}

impl Doorway {
    /// The inner side of this queue.
    pub(super) fn of(queue: Arc<DoorQueue>) -> Self {
        Self {
            queue,
            taken: Waiting::default(),
            next: 0,
            start: 0,
        }
    }

    /// Hands over what waits, up to a turn of it, until it is told to stop. What is left comes with the next call; nothing else
    /// wakes the shard for it.
    pub(super) fn receive(
        &mut self,
        mut take: impl FnMut(Handed, &[u8]) -> ControlFlow<()>,
    ) -> Rest {
        if self.next >= self.taken.datagrams.len() {
            self.taken.bytes.clear();
            self.taken.datagrams.clear();
            self.taken.of_relays.clear();
            (self.next, self.start) = (0, 0);
            std::mem::swap(&mut self.taken, &mut self.queue.waiting.lock());
        }
        for _ in 0..TURN {
            let Some(&(handed, length)) = self.taken.datagrams.get(self.next) else {
                return Rest::None;
            };
            let end = self.start + length;
            let datagram = self.taken.bytes.get(self.start..end).unwrap_or_default();
            (self.next, self.start) = (self.next + 1, end);
            if take(handed, datagram).is_break() {
                break;
            }
        }
        Rest::Possible
    }
}

#[cfg(test)]
#[path = "tests/door_queue.rs"]
mod tests;
