//! The sleep of a shard's thread: until a socket has something, or its time has come, or somebody wakes it.
//!
//! Invariant: who wakes the thread never waits, and what was written for the thread before that is there when it looks next.
//! So it has to look after each sleep that was ended by a waker.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// A thread sleeps so long at a time: systems have a longest time for it, and once an hour costs nothing.
const LONGEST_SLEEP: Duration = Duration::from_secs(3_600);

/// Wakes a thread. It may be cloned and called from anywhere.
#[derive(Clone, Debug)]
pub(super) struct Waker(Arc<Line>);

/// What leads from the wakers to the sleeper.
#[derive(Debug)]
struct Line {
    /// A byte is under way, or will be at once: another is not needed.
    is_rung: AtomicBool,
    /// The byte goes in here.
    bell: UnixStream,
}

/// The sleep of one thread.
#[derive(Debug)]
pub(super) struct Sleeper {
    line: Arc<Line>,
    /// The byte comes out here.
    ear: UnixStream,
}

/// What a thread waits for on a socket, besides something to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Awaited<'a> {
    /// The socket.
    pub(super) socket: BorrowedFd<'a>,
    /// Something waits to be sent, and the system did not take it.
    pub(super) to_send: bool,
}

/// Why a sleep ended. With nothing in it, its time had come, or a signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Woken {
    /// These sockets may be read, in the order they were given.
    pub(super) readable: [bool; 2],
    /// These sockets take datagrams again, of those that were waited for to send.
    pub(super) writable: [bool; 2],
    /// Somebody woke the thread: something was written for it.
    pub(super) by_waker: bool,
}

impl Waker {
    /// Wakes the thread from its sleep, or keeps it from its next one. However often, it wakes once.
    pub(super) fn wake(&self) {
        if self.0.is_rung.swap(true, Ordering::AcqRel) {
            return;
        }
        // When there is no room, bytes are there; when nobody hears it any more, nobody has to be woken.
        let _ = (&self.0.bell).write(&[1]);
    }
}

impl Sleeper {
    /// Makes a sleeper and what wakes it.
    ///
    /// # Errors
    /// When the system has no more files to give.
    pub(super) fn with_waker() -> io::Result<(Self, Waker)> {
        let (bell, ear) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        ear.set_nonblocking(true)?;
        let is_rung = AtomicBool::new(false);
        let line = Arc::new(Line { is_rung, bell });
        let waker = Waker(Arc::clone(&line));
        Ok((Self { line, ear }, waker))
    }

    /// Sleeps until a socket has something, or somebody wakes the thread, or the time has come, if there is one. A time that
    /// has passed is no sleep, but tells of the sockets all the same.
    ///
    /// # Errors
    /// When a socket is none, or the system has no memory for it.
    pub(super) fn wait(
        &mut self,
        sockets: [Option<Awaited<'_>>; 2],
        until: Option<Instant>,
    ) -> io::Result<Woken> {
        let wanted = |awaited: &Option<Awaited<'_>>| match awaited {
            None => PollFlags::empty(),
            Some(awaited) if awaited.to_send => PollFlags::IN | PollFlags::OUT,
            Some(_) => PollFlags::IN,
        };
        let ear = self.ear.as_fd();
        // In the place of a socket that is not there stands one of which nothing is wanted.
        let [one, other] = sockets.map(|awaited| {
            let socket = awaited.map_or(ear, |awaited| awaited.socket);
            PollFd::from_borrowed_fd(socket, wanted(&awaited))
        });
        let mut files = [one, other, PollFd::new(&self.ear, PollFlags::IN)];
        let sleep = until.map(|until| until.saturating_duration_since(Instant::now()));
        let sleep = sleep.map(|sleep| Timespec::try_from(sleep.min(LONGEST_SLEEP)));
        let sleep = sleep.transpose().map_err(io::Error::other)?;
        match poll(&mut files, sleep.as_ref()) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(Woken::default()),
            Err(error) => return Err(error.into()),
        }
        let [one, other, ear] = files.map(|file| file.revents());
        // An error is read, too.
        let is_readable = |events: PollFlags| !(events - PollFlags::OUT).is_empty();
        let by_waker = is_readable(ear);
        if by_waker {
            self.hear();
        }
        let is_there = sockets.map(|awaited| awaited.is_some());
        Ok(Woken {
            readable: [
                is_there[0] && is_readable(one),
                is_there[1] && is_readable(other),
            ],
            writable: [one, other].map(|events| events.contains(PollFlags::OUT)),
            by_waker,
        })
    }

    /// Takes the byte, and only then lets there be another: the other way round the byte of a call in between would be lost,
    /// and no call after it would write one.
    fn hear(&mut self) {
        let mut bytes = [0; 16];
        while matches!(self.ear.read(&mut bytes), Ok(count) if count == bytes.len()) {}
        self.line.is_rung.swap(false, Ordering::AcqRel);
    }
}

#[cfg(test)]
#[path = "tests/waker.rs"]
mod tests;
