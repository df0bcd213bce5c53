//! Who can be reached in one room right now: what relaying a message needs, and no more.
//!
//! The room's actor writes it, the room's connections read it, so that offers and candidates reach their target
//! without a detour over the actor. Invariant: a peer is listed exactly as long as it has a seat, and its outbox is
//! that of the seat's connection.

use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::ids::{ConnectionId, SeatId};
use super::outbox::{Outbox, ShareUsed};
use super::relay_kind::RelayKind;
use super::target_rates::TargetRates;
use crate::protocol::PeerId;
use crate::server::clock::Clock;

/// The room's connections.
#[derive(Debug)]
pub(super) struct Directory {
    /// The actor writes them, the connections read them.
    entries: RwLock<Entries>,
    /// What people say to each other is paced by this clock; `None` where the operator sets no limit.
    pacing: Option<Clock>,
}

#[derive(Debug, Default)]
struct Entries {
    /// Every seat has one.
    entries: Vec<DirectoryEntry>,
    /// The next seat gets this number.
    next: u64,
}

#[derive(Debug)]
struct DirectoryEntry {
    /// Messages name their target by this id.
    peer: PeerId,
    /// What the peer says counts for this seat.
    seat: SeatId,
    /// What the peer says to each of the others is measured here, also when it comes back over another connection.
    rates: Mutex<TargetRates>,
    /// The peer is reached over this connection; `None` while they are away.
    reached: Option<(ConnectionId, Arc<Outbox>)>,
}

/// Why a message was not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undelivered {
    /// Nobody else of that id is in the sender's room.
    NobodyThere,
    /// The sender writes to this target faster than one may.
    TooFast,
    /// The target does not read as fast as the sender writes: too much of theirs, or of everybody's, waits already.
    TooMuchWaiting,
}

impl Directory {
    /// Begins with nobody. What people say to each other is paced by the clock, if there is one.
    pub(super) fn new(pacing: Option<Clock>) -> Self {
        Self {
            entries: RwLock::default(),
            pacing,
        }
    }

    /// Passes a message on. It is dropped when the target is away. A target that does not keep up loses what exceeds
    /// the sender's share, and nothing else.
    pub(super) fn deliver(
        &self,
        from: &PeerId,
        target: &str,
        kind: RelayKind,
        message: impl FnOnce() -> Utf8Bytes,
    ) -> Result<(), Undelivered> {
        let directory = self.entries.read();
        let (mut sender, mut receiver) = (None, None);
        for entry in &directory.entries {
            if entry.peer == *from {
                sender = Some(entry);
            } else if entry.peer.as_str() == target {
                receiver = Some(entry);
            }
        }
        let (Some(sender), Some(receiver)) = (sender, receiver) else {
            return Err(Undelivered::NobodyThere);
        };
        if let Some(clock) = self.pacing
            && !sender.rates.lock().take(receiver.seat, kind, clock.now())
        {
            return Err(Undelivered::TooFast);
        }
        if let Some((_, outbox)) = &receiver.reached {
            let relayed = outbox.relay(sender.seat, message());
            return relayed.map_err(|ShareUsed| Undelivered::TooMuchWaiting);
        }
        Ok(())
    }

    /// Sends to some of the room's connections.
    pub(super) fn announce(&self, to: &[ConnectionId], message: &Utf8Bytes) {
        let directory = self.entries.read();
        let reached = directory.entries.iter();
        for (connection, outbox) in reached.filter_map(|entry| entry.reached.as_ref()) {
            if to.contains(connection) {
                outbox.tell(message.clone());
            }
        }
    }

    /// Sends everyone something of their own.
    pub(super) fn tell_each(&self, message: impl Fn(&PeerId) -> Option<Utf8Bytes>) {
        let directory = self.entries.read();
        for entry in &directory.entries {
            if let Some((_, outbox)) = &entry.reached
                && let Some(message) = message(&entry.peer)
            {
                outbox.tell(message);
            }
        }
    }

    /// Notes that the peer is reached over this connection from now on; gives back the outbox it was reached over
    /// before.
    pub(super) fn connect(
        &self,
        peer: &PeerId,
        connection: ConnectionId,
        outbox: Arc<Outbox>,
    ) -> Option<Arc<Outbox>> {
        let reached = Some((connection, outbox));
        let mut directory = self.entries.write();
        let Entries { entries, next } = &mut *directory;
        match entries.iter_mut().find(|entry| entry.peer == *peer) {
            Some(entry) => std::mem::replace(&mut entry.reached, reached).map(|(_, outbox)| outbox),
            None => {
                *next += 1;
                entries.push(DirectoryEntry {
                    peer: peer.clone(),
                    seat: SeatId(*next),
                    rates: Mutex::default(),
                    reached,
                });
                None
            }
        }
    }

    /// Notes that the peer cannot be reached for now; gives back the outbox it was reached over before.
    pub(super) fn disconnect(&self, peer: &PeerId) -> Option<Arc<Outbox>> {
        let mut directory = self.entries.write();
        let mut entries = directory.entries.iter_mut();
        let entry = entries.find(|entry| entry.peer == *peer)?;
        entry.reached.take().map(|(_, outbox)| outbox)
    }

    /// Notes that the peer has no seat any more.
    pub(super) fn remove(&self, peer: &PeerId) {
        let mut directory = self.entries.write();
        let entries = &mut directory.entries;
        let Some(index) = entries.iter().position(|entry| entry.peer == *peer) else {
            return;
        };
        let gone = entries.remove(index).seat;
        for entry in entries {
            entry.rates.get_mut().forget(gone);
        }
    }
}
