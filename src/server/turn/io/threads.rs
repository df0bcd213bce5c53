//! The threads that relay.
//!
//! Why not those of everything else: a datagram is passed on where it is read, and threads that take each other's work wake
//! each other for every few of them, which costs as much as reading does. Invariant: a socket is read by one thread.

use std::num::NonZero;
use std::{io, thread};

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::server::tasks::Tasks;

/// There are at most so many threads; a dozen people in a mesh need one.
const MOST_THREADS: usize = 8;

/// The running threads; they end with the tasks they count among, or when this is dropped.
#[derive(Debug)]
pub(super) struct RelayThreads {
    /// Tasks are spread over these by their numbers.
    threads: Vec<Handle>,
    /// The threads end when this is dropped.
    _running: DropGuard,
}

impl RelayThreads {
    /// Starts a thread for every second processor: the others have the calls' signaling and pages to serve.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(tasks: &Tasks) -> io::Result<Self> {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let (stop, running) = tasks.register();
        let count = (processors / 2).clamp(1, MOST_THREADS);
        let threads = (0..count).map(|_| start_one(stop.clone(), running.clone()));
        Ok(Self {
            threads: threads.collect::<io::Result<_>>()?,
            _running: stop.drop_guard(),
        })
    }

    /// Gives the thread of whatever has this number.
    pub(crate) fn of(&self, number: usize) -> &Handle {
        &self.threads[number % self.threads.len()]
    }
}

fn start_one(stop: CancellationToken, running: TaskTrackerToken) -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("relay".to_owned())
        .spawn(move || {
            runtime.block_on(stop.cancelled());
            // With its tasks, and the sockets they read.
            drop(runtime);
            drop(running);
        })?;
    Ok(handle)
}
