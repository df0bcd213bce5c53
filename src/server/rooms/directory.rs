//! Who can be reached in one room right now: what relaying a message needs, and no more.
//!
//! The room's actor writes it, the room's connections read it, so that offers and candidates reach their target
//! without a detour over the actor. Invariant: a peer is listed exactly as long as it has a seat, and its outbox is
//! that of the seat's connection.

use std::sync::Arc;

use parking_lot::RwLock;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::ids::ConnectionId;
use super::outbox::{Full, Outbox};
use crate::protocol::{CloseCode, PeerId};

/// The room's connections.
#[derive(Debug, Default)]
pub(super) struct Directory(RwLock<Vec<DirectoryEntry>>);

#[derive(Debug)]
struct DirectoryEntry {
    /// Messages name their target by this id.
    peer: PeerId,
    /// The peer is reached over this connection; `None` while they are away.
    reached: Option<(ConnectionId, Arc<Outbox>)>,
}

/// Nobody of that id is in the sender's room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Undeliverable;

impl Directory {
    /// Passes a message on. It is dropped when the target is away, and a target that does not keep up is closed.
    pub(super) fn deliver(
        &self,
        from: &PeerId,
        target: &str,
        message: impl FnOnce() -> Utf8Bytes,
    ) -> Result<(), Undeliverable> {
        let entries = self.0.read();
        let entry = entries
            .iter()
            .find(|entry| entry.peer.as_str() == target)
            .ok_or(Undeliverable)?;
        if entry.peer == *from {
            return Err(Undeliverable);
        }
        if let Some((_, outbox)) = &entry.reached {
            push(outbox, message());
        }
        Ok(())
    }

    /// Sends to some of the room's connections.
    pub(super) fn announce(&self, to: &[ConnectionId], message: &Utf8Bytes) {
        let entries = self.0.read();
        for (connection, outbox) in entries.iter().filter_map(|entry| entry.reached.as_ref()) {
            if to.contains(connection) {
                push(outbox, message.clone());
            }
        }
    }

    /// Sends everyone something of their own.
    pub(super) fn tell_each(&self, message: impl Fn(&PeerId) -> Option<Utf8Bytes>) {
        let entries = self.0.read();
        for entry in entries.iter() {
            if let Some((_, outbox)) = &entry.reached
                && let Some(message) = message(&entry.peer)
            {
                push(outbox, message);
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
        let mut entries = self.0.write();
        match entries.iter_mut().find(|entry| entry.peer == *peer) {
            Some(entry) => std::mem::replace(&mut entry.reached, reached).map(|(_, outbox)| outbox),
            None => {
                entries.push(DirectoryEntry {
                    peer: peer.clone(),
                    reached,
                });
                None
            }
        }
    }

    /// Notes that the peer cannot be reached for now; gives back the outbox it was reached over before.
    pub(super) fn disconnect(&self, peer: &PeerId) -> Option<Arc<Outbox>> {
        let mut entries = self.0.write();
        let entry = entries.iter_mut().find(|entry| entry.peer == *peer)?;
        entry.reached.take().map(|(_, outbox)| outbox)
    }

    /// Notes that the peer has no seat any more.
    pub(super) fn remove(&self, peer: &PeerId) {
        let mut entries = self.0.write();
        entries.retain(|entry| entry.peer != *peer);
    }
}

/// Hands a message over. A connection that does not keep up is closed; its task then tells the room.
fn push(outbox: &Outbox, message: Utf8Bytes) {
    if let Err(Full) = outbox.push(message) {
        outbox.close(CloseCode::TooSlow);
    }
}
