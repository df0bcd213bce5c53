//! How the process is told to end.

use std::io;
use std::task::{Context, Poll};

/// How the process is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Politeness {
    /// By whoever sits at the terminal: the device leaves.
    Interrupt,
    /// By what runs it, which may start it again: the seat is kept if there is a state file.
    Terminate,
}

/// What the system sends a process that is to end.
pub(crate) struct Terminations {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Terminations {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn new() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Politeness> {
        #[cfg(unix)]
        {
            if self.interrupt.poll_recv(context).is_ready() {
                return Poll::Ready(Politeness::Interrupt);
            }
            if self.terminate.poll_recv(context).is_ready() {
                return Poll::Ready(Politeness::Terminate);
            }
        }
        let _ = context;
        Poll::Pending
    }
}
