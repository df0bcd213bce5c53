//! The streams of clients while they are open, by their numbers.
//!
//! Invariant: a stream waits until it has a relay, and no longer than [`FIRST_RELAY`]; with its relay's end it ends.

use std::collections::HashMap;
use std::future::pending;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::outbox::Outbox;
use crate::server::turn::core::waiting::WaitingStreams;

/// A stream has this long to get a relay, the TLS handshake included: three round trips, or four with TLS.
const FIRST_RELAY: Duration = Duration::from_secs(5);

/// One client's stream.
#[derive(Debug, Default)]
pub(super) struct ClientStream {
    /// The stream has this number, counted since the start.
    pub(super) connection: u64,
    /// What is to be written to the client waits here.
    pub(super) outbox: Outbox,
    /// The stream has to go, since others came.
    superseded: CancellationToken,
}

/// Every open stream.
#[derive(Debug, Default)]
pub(super) struct Streams(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    /// The last stream got this number.
    last: u64,
    /// Each stream is found here by its number.
    streams: HashMap<u64, Arc<ClientStream>>,
    /// These have no relay yet.
    waiting: WaitingStreams,
}

impl Streams {
    /// Takes a new stream, which came from this address. If there are too many, an older one has to go.
    pub(super) fn enter(&self, from: IpAddr) -> Arc<ClientStream> {
        let mut open = self.0.lock();
        open.last += 1;
        let stream = Arc::new(ClientStream {
            connection: open.last,
            ..ClientStream::default()
        });
        let gone = open.waiting.enter(stream.connection, from);
        if let Some(gone) = gone.and_then(|gone| open.streams.get(&gone)) {
            gone.superseded.cancel();
        }
        open.streams.insert(stream.connection, Arc::clone(&stream));
        stream
    }

    /// Notes that the stream has ended.
    pub(super) fn leave(&self, connection: u64) {
        let mut open = self.0.lock();
        open.waiting.leave(connection);
        open.streams.remove(&connection);
    }

    /// Finds a stream.
    pub(super) fn find(&self, connection: u64) -> Option<Arc<ClientStream>> {
        self.0.lock().streams.get(&connection).cloned()
    }

    /// Notes that the stream has a relay.
    pub(super) fn has_relay(&self, connection: u64) {
        self.0.lock().waiting.leave(connection);
    }

    /// Ends when the stream has to: others came while it waited, or it waited too long.
    pub(super) async fn has_to_go(&self, stream: &ClientStream) {
        tokio::select! {
            () = stream.superseded.cancelled() => {
                tracing::debug!("a relay stream without a relay went for a newer one");
            }
            () = self.waits_too_long(stream) => {
                tracing::debug!("a relay stream had no relay in time");
            }
        }
    }

    async fn waits_too_long(&self, stream: &ClientStream) {
        sleep(FIRST_RELAY).await;
        let waits = self.0.lock().waiting.has(stream.connection);
        if !waits {
            pending::<()>().await;
        }
    }
}
