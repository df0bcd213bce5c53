//! Statistics that are being read, a round at a time.

use std::task::{Context, Poll};

use futures::StreamExt;
use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;

use super::connections::Connections;
use crate::room::quality::Reading;

/// The readings under way.
#[derive(Default)]
pub(super) struct Readings(FuturesUnordered<LocalBoxFuture<'static, Reading>>);

impl Readings {
    /// Begins to read every connection.
    pub(super) fn begin(&self, connections: &Connections) {
        for peer in connections.all() {
            self.0.push(peer.read_stats());
        }
    }

    /// Whether none is under way.
    pub(super) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// The next connection that was read.
    pub(super) fn poll_reading(&mut self, context: &mut Context<'_>) -> Poll<Reading> {
        match self.0.poll_next_unpin(context) {
            Poll::Ready(Some(reading)) => Poll::Ready(reading),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}
