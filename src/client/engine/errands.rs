//! Small things under way that are worth at most a notice.

use std::task::{Context, Poll};

use futures::future::{FutureExt, LocalBoxFuture};
use futures::stream::{FuturesUnordered, StreamExt};

use crate::room::Notice;

/// The errands under way. Dropping it gives all of them up.
#[derive(Default)]
pub(super) struct Errands(FuturesUnordered<LocalBoxFuture<'static, Option<Notice>>>);

impl Errands {
    /// Runs an errand whose end may be worth a notice.
    pub(super) fn run(&self, errand: impl Future<Output = Option<Notice>> + 'static) {
        self.0.push(errand.boxed_local());
    }

    /// Runs an errand whose end nobody waits for.
    pub(super) fn run_quietly(&self, errand: impl Future<Output = ()> + 'static) {
        self.run(errand.map(|()| None));
    }

    /// What the next errand ended with.
    pub(super) fn poll_ended(&mut self, context: &mut Context<'_>) -> Poll<Option<Notice>> {
        match self.0.poll_next_unpin(context) {
            Poll::Ready(Some(notice)) => Poll::Ready(notice),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}
