//! The tasks that run beside the requests, and their end.
//!
//! Invariant: whatever is started here is over when [`Tasks::stop`] returns.

use std::future::Future;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// The tasks that run until they are told to stop. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    /// All of them wait for this beside what they do.
    stop: CancellationToken,
    /// All of them are counted here.
    running: TaskTracker,
}

impl Tasks {
    /// Starts a task, which ends where it waits when it has to stop.
    pub(super) fn spawn<F>(&self, task: F)
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let stop = self.stop.clone();
        self.running.spawn(stop.run_until_cancelled_owned(task));
    }

    /// Gives what tells something that is no task when to stop; it counts as running until the second is dropped.
    pub(super) fn register(&self) -> (CancellationToken, TaskTrackerToken) {
        (self.stop.child_token(), self.running.token())
    }

    /// Counts those that run.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.running.len()
    }

    /// Ends all of them; returns when they are over.
    pub(super) async fn stop(&self) {
        self.stop.cancel();
        self.running.close();
        self.running.wait().await;
    }
}
