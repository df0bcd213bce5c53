//! The engine's end of a connection.
//!
//! Invariant: the engine never waits for a connection. One that does not take its orders, or whose task broke down, has failed.

use std::time::Instant;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinHandle;

use super::latest::LatestFrames;
use super::report::{ConnectionOrder, ConnectionReport};
use super::task::{ConnectionSetup, ConnectionTask, broken};
use crate::protocol::PeerId;
use crate::room::hub::LineSample;
use crate::room::{PathId, Shape};

/// At most so many orders wait for a connection.
const WAITING: usize = 1_024;

/// A connection. Dropping it closes it.
pub(crate) struct Connection {
    /// It leads to this person, or to the SFU by its name.
    pub(crate) whom: PeerId,
    /// It has these sections.
    shape: Shape,
    /// It is the so-manyth of its path.
    pub(crate) generation: u32,
    /// What came last in its sections.
    latest: LatestFrames,
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
        let (whom, generation, shape) = (setup.whom.clone(), setup.generation, setup.shape);
        let latest = LatestFrames::default();
        let failure = ConnectionReport {
            path: setup.path,
            generation,
            whom: whom.clone(),
            what: broken(),
        };
        let work = ConnectionTask::new(setup, latest.clone(), waiting, reports.clone()).run();
        Self {
            whom,
            shape,
            generation,
            latest,
            orders,
            end: supervise(work, failure, reports),
        }
    }

    /// Whether the SFU is at its other end.
    pub(crate) fn is_of_hub(&self) -> bool {
        matches!(self.shape, Shape::Hub(_))
    }

    /// What came last in each of its sections, as of this path.
    pub(crate) fn samples(&self, path: PathId, now: Instant) -> Vec<LineSample> {
        self.latest.samples(path, now)
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

    /// A connection without a network: what it is asked for arrives where a test looks.
    #[cfg(test)]
    pub(crate) fn in_memory(setup: &ConnectionSetup) -> (Self, mpsc::Receiver<ConnectionOrder>) {
        let (orders, waiting) = mpsc::channel(WAITING);
        let connection = Self {
            whom: setup.whom.clone(),
            shape: setup.shape,
            generation: setup.generation,
            latest: LatestFrames::default(),
            orders,
            end: tokio::spawn(async {}),
        };
        (connection, waiting)
    }
}

/// Lets a connection work, and reports when it breaks down: a bug that a peer finds in the library ends this connection, and the
/// model opens another.
fn supervise(
    work: impl Future<Output = ()> + Send + 'static,
    failure: ConnectionReport,
    reports: mpsc::Sender<ConnectionReport>,
) -> JoinHandle<()> {
    let work = tokio::spawn(work);
    tokio::spawn(async move {
        if work.await.is_err_and(|error| error.is_panic()) {
            let _ = reports.send(failure).await;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::connection::report::ConnectionNews;
    use crate::room::path::id::PathIds;
    use crate::room::{ConnectionState, Moment, PeerEvent};

    fn failure(whom: &str) -> ConnectionReport {
        ConnectionReport {
            path: PathIds::since(Moment(7)).give(),
            generation: 3,
            whom: PeerId::new(whom),
            what: broken(),
        }
    }

    #[tokio::test]
    async fn a_connection_that_panics_ends_itself_and_nothing_else() {
        let (reports, mut taken) = mpsc::channel(4);
        let (neighbour, mut heard) = mpsc::channel(4);
        let other = supervise(
            async move {
                for number in 0..2 {
                    let _ = neighbour.send(number).await;
                }
            },
            failure("other"),
            reports.clone(),
        );
        let end = supervise(
            async { panic!("a bug in the library") },
            failure("hostile"),
            reports,
        );
        end.await.unwrap();
        let report = taken.recv().await.unwrap();
        assert_eq!(report.whom, PeerId::new("hostile"));
        assert_eq!(report.path, failure("hostile").path);
        assert_eq!(report.generation, 3);
        let failed = PeerEvent::Connection(ConnectionState::Failed);
        assert!(matches!(report.what, ConnectionNews::Peer(event) if event == failed));
        assert_eq!((heard.recv().await, heard.recv().await), (Some(0), Some(1)));
        other.await.unwrap();
        assert!(
            taken.recv().await.is_none(),
            "the other one has nothing to report"
        );
    }
}
