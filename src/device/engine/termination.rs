//! How a device is told to end: by a signal to the process, or by the program that it is a part of.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

/// How a device is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Politeness {
    /// By whoever sits at the terminal: the device leaves.
    Interrupt,
    /// By what runs it, which may start it again: the seat is kept if there is a state file.
    Terminate,
}

/// Where a device is told to end.
pub(crate) struct Terminations(Source);

enum Source {
    /// By signals to the process.
    #[cfg(unix)]
    Signals {
        interrupt: tokio::signal::unix::Signal,
        terminate: tokio::signal::unix::Signal,
    },
    /// By whoever holds the other end, also by dropping it; `None` once that happened.
    Word(Option<oneshot::Receiver<()>>),
}

impl Terminations {
    /// Listens to signals from now on.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn of_the_process() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self(Source::Signals {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            }))
        }
        #[cfg(not(unix))]
        Ok(Self(Source::Word(None)))
    }

    /// The device leaves when this word is given, or can be given no more. Signals do not reach it.
    pub(crate) fn by(word: oneshot::Receiver<()>) -> Self {
        Self(Source::Word(Some(word)))
    }

    /// Waits until it is told to end; once more for each further time. Nothing is lost when that is given up.
    pub(crate) async fn next(&mut self) -> Politeness {
        poll_fn(|context| self.poll(context)).await
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Politeness> {
        match &mut self.0 {
            #[cfg(unix)]
            Source::Signals {
                interrupt,
                terminate,
            } => {
                if interrupt.poll_recv(context).is_ready() {
                    return Poll::Ready(Politeness::Interrupt);
                }
                if terminate.poll_recv(context).is_ready() {
                    return Poll::Ready(Politeness::Terminate);
                }
            }
            Source::Word(word) => {
                if let Some(waiting) = word
                    && Pin::new(waiting).poll(context).is_ready()
                {
                    *word = None;
                    return Poll::Ready(Politeness::Interrupt);
                }
            }
        }
        Poll::Pending
    }
}
