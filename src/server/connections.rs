//! The WebSockets that are open: a cap on how many, and the way to close them all.
//!
//! Invariant: a connection is counted exactly as long as its [`Slot`] lives.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::mailbox::Mailbox;
use super::rooms::ConnectionId;
use crate::protocol::CloseCode;

/// Every open WebSocket. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most: usize,
    next: AtomicU64,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    mailboxes: HashMap<ConnectionId, Arc<Mailbox>>,
    closed_with: Option<CloseCode>,
}

/// No further WebSocket is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The cap is reached.
    TooMany,
    /// The server is stopping.
    Stopping,
}

/// The right to one WebSocket.
#[derive(Debug)]
pub(crate) struct Slot {
    shared: Arc<Shared>,
    id: ConnectionId,
    mailbox: Arc<Mailbox>,
}

impl Connections {
    /// At most `most` at a time.
    pub(crate) fn new(most: usize) -> Self {
        Self(Arc::new(Shared {
            most,
            next: AtomicU64::new(1),
            open: Mutex::default(),
        }))
    }

    /// Takes a slot.
    ///
    /// # Errors
    /// [`Refused`] says why there is none.
    pub(crate) fn open(&self) -> Result<Slot, Refused> {
        let mut open = self.0.open();
        if open.closed_with.is_some() {
            return Err(Refused::Stopping);
        }
        if open.mailboxes.len() >= self.0.most {
            return Err(Refused::TooMany);
        }
        let id = ConnectionId(self.0.next.fetch_add(1, Ordering::Relaxed));
        let mailbox = Arc::<Mailbox>::default();
        open.mailboxes.insert(id, Arc::clone(&mailbox));
        Ok(Slot {
            shared: Arc::clone(&self.0),
            id,
            mailbox,
        })
    }

    /// Closes all of them, and takes no more.
    pub(crate) fn close_all(&self, code: CloseCode) {
        let mut open = self.0.open();
        open.closed_with = Some(code);
        for mailbox in open.mailboxes.values() {
            mailbox.close(code);
        }
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        self.0.open().mailboxes.len()
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// The connection's id.
    pub(crate) fn id(&self) -> ConnectionId {
        self.id
    }

    /// What is to be written to it.
    pub(crate) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.shared.open().mailboxes.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_cap_are_open() {
        let connections = Connections::new(2);
        let (first, _second) = (connections.open().unwrap(), connections.open().unwrap());
        assert_eq!(connections.open().unwrap_err(), Refused::TooMany);
        drop(first);
        assert!(connections.open().is_ok());
    }

    #[tokio::test]
    async fn closing_reaches_everyone_and_admits_nobody() {
        let connections = Connections::new(2);
        let slot = connections.open().unwrap();
        connections.close_all(CloseCode::Restarting);
        let mail = std::future::poll_fn(|context| slot.mailbox().poll_take(context)).await;
        assert_eq!(mail.close, Some(CloseCode::Restarting));
        assert_eq!(connections.open().unwrap_err(), Refused::Stopping);
    }
}
