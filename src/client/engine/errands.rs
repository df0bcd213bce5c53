//! Small things under way, of which at most their end is worth a word.

use std::task::{Context, Poll};

use futures::future::{FutureExt, LocalBoxFuture};
use futures::stream::{FuturesUnordered, StreamExt};

use crate::client::second_wasm::HubParts;
use crate::room::{Notice, RecordingEvent};

/// What an errand ended with.
pub(super) enum Ended {
    /// Nobody waits for it.
    Quietly,
    /// The user is told this.
    Notice(Notice),
    /// The model decides what it means to the recording.
    Recording(RecordingEvent),
    /// What a connection to the SFU takes is here.
    Hub(HubParts),
}

/// The errands under way. Dropping it gives all of them up.
#[derive(Default)]
pub(super) struct Errands(FuturesUnordered<LocalBoxFuture<'static, Ended>>);

impl Errands {
    /// Runs an errand whose end is told.
    pub(super) fn run(&self, errand: impl Future<Output = Notice> + 'static) {
        self.0.push(errand.map(Ended::Notice).boxed_local());
    }

    /// Runs an errand of the recording.
    pub(super) fn run_for_recording(&self, errand: impl Future<Output = RecordingEvent> + 'static) {
        self.0.push(errand.map(Ended::Recording).boxed_local());
    }

    /// Runs an errand that fetches what a connection to the SFU takes.
    pub(super) fn run_for_hub(&self, errand: impl Future<Output = HubParts> + 'static) {
        self.0.push(errand.map(Ended::Hub).boxed_local());
    }

    /// Runs an errand whose end nobody waits for.
    pub(super) fn run_quietly(&self, errand: impl Future<Output = ()> + 'static) {
        self.0.push(errand.map(|()| Ended::Quietly).boxed_local());
    }

    /// What the next errand ended with.
    pub(super) fn poll_ended(&mut self, context: &mut Context<'_>) -> Poll<Ended> {
        match self.0.poll_next_unpin(context) {
            Poll::Ready(Some(ended)) => Poll::Ready(ended),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}
