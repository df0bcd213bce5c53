//! The engine's end of a connection.
//!
//! Invariant: the engine never waits for a connection. One that does not take its orders, or whose task broke down, has failed.

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinHandle;

use super::report::{ConnectionOrder, ConnectionReport};
use super::task::{ConnectionSetup, ConnectionTask, broken};
use crate::protocol::PeerId;

/// At most so many orders wait for a connection.
const WAITING: usize = 1_024;

/// A connection. Dropping it closes it.
pub(crate) struct Connection {
    /// It leads to this person.
    pub(crate) whom: PeerId,
    /// It is the so-manyth of its path.
    pub(crate) generation: u32,
    /// What it is asked for goes here.
    orders: mpsc::Sender<ConnectionOrder>,
    /// It ends once the connection has said goodbye.
    end: JoinHandle<()>,
}

/// A connection takes no orders any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unresponsive;

impl Connection {
    /// Opens a connection; everything after is reported.
    pub(crate) fn open(setup: ConnectionSetup, reports: mpsc::Sender<ConnectionReport>) -> Self {
        let (orders, waiting) = mpsc::channel(WAITING);
        let (whom, generation) = (setup.whom.clone(), setup.generation);
        let failure = ConnectionReport {
            path: setup.path,
            generation,
            whom: whom.clone(),
            what: broken(),
        };
        let work = tokio::spawn(ConnectionTask::new(setup, waiting, reports.clone()).run());
        // A bug that a peer finds in the library ends this connection, and the model opens another.
        let end = tokio::spawn(async move {
            if work.await.is_err_and(|error| error.is_panic()) {
                let _ = reports.send(failure).await;
            }
        });
        Self {
            whom,
            generation,
            orders,
            end,
        }
    }

    /// Closes the connection, and gives what ends once it has said goodbye.
    pub(crate) fn close(self) -> JoinHandle<()> {
        self.end
    }

    /// Asks the connection for something.
    ///
    /// # Errors
    /// [`Unresponsive`], when it does not take it.
    pub(crate) fn order(&self, order: ConnectionOrder) -> Result<(), Unresponsive> {
        match self.orders.try_send(order) {
            Ok(()) => Ok(()),
            // Pictures and sound may be lost.
            Err(TrySendError::Full(ConnectionOrder::Play(..))) => Ok(()),
            Err(_) => Err(Unresponsive),
        }
    }
}
