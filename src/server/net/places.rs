//! The places for connections of one listener, shared by all of its tasks.
//!
//! Invariant: a connection is counted exactly as long as its [`Place`] lives, or until it lost it to a newcomer and was told.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::client_networks::ClientNetworks;
use super::connection_table::{ConnectionLimits, ConnectionNumber, ConnectionTable, NoPlace};

type Table = Mutex<ConnectionTable<CancellationToken>>;

/// The places for connections.
#[derive(Debug)]
pub(super) struct Places(Arc<Table>);

/// The place of one connection. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    /// The place is given back here.
    table: Arc<Table>,
    /// The connection has this number.
    number: ConnectionNumber,
}

impl Places {
    /// Begins with every place free.
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self(Arc::new(Mutex::new(ConnectionTable::new(limits))))
    }

    /// Takes a place for a connection that counts for this client, or for none. The connection has to end when the second
    /// is cancelled: a newcomer has got its place.
    ///
    /// # Errors
    /// [`NoPlace`] says why there is none.
    pub(super) fn take(
        &self,
        client: Option<ClientNetworks>,
    ) -> Result<(Place, CancellationToken), NoPlace> {
        let displaced = CancellationToken::new();
        let admitted = self.0.lock().admit(client, displaced.clone())?;
        if let Some(oldest) = admitted.displaced {
            oldest.cancel();
        }
        let place = Place {
            table: Arc::clone(&self.0),
            number: admitted.number,
        };
        Ok((place, displaced))
    }
}

impl Place {
    /// Notes that the connection has finished a request: nobody takes its place from it any more.
    pub(super) fn finished_request(&self) {
        self.table.lock().finished_request(self.number);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.table.lock().remove(self.number);
    }
}
