//! Whether several datagrams may be handed to the system as one (generic segmentation offload).
//!
//! Invariant: where a network card cannot do it, it is not tried for ever; that one destination cannot be reached so does not
//! take it from the others.

use std::io;

use rustix::io::Errno;

/// So many destinations in a row that are reached one by one and not at once show that it is not the destinations.
const MOST_REFUSALS: u32 = 8;

/// What is known about segmentation offload on one socket.
#[derive(Debug)]
pub(super) struct Offload {
    /// So many datagrams may be handed over as one; 1 where it does not work.
    segments: usize,
    /// The system refused it so often in a row where plain sends worked.
    refusals: u32,
    /// The last attempt was refused with this error, and it is not known yet whose fault that was.
    doubt: Option<Errno>,
}

impl Offload {
    /// Begins with what the system says: that it takes so many datagrams as one.
    pub(super) fn new(segments: usize) -> Self {
        Self {
            segments: segments.max(1),
            refusals: 0,
            doubt: None,
        }
    }

    /// Says how many datagrams may be handed over as one.
    pub(super) fn segments(&self) -> usize {
        self.segments
    }

    /// Says whether an error may mean that the datagrams have to be sent one by one: the card cannot (`EIO`), or the system
    /// cannot (`EINVAL`), which it also says when the datagrams are too long for the path, or (`EMSGSIZE`) just that.
    pub(super) fn is_doubtful(&mut self, error: &io::Error) -> bool {
        self.doubt = Errno::from_io_error(error)
            .filter(|errno| [Errno::IO, Errno::INVAL, Errno::MSGSIZE].contains(errno));
        self.doubt.is_some()
    }

    /// Notes that datagrams were sent as one.
    pub(super) fn worked(&mut self) {
        self.refusals = 0;
    }

    /// Notes that a plain send worked: if there is a doubt, the fault was the offload's.
    pub(super) fn was_at_fault(&mut self) {
        match self.doubt.take() {
            Some(Errno::IO) => self.refusals = MOST_REFUSALS,
            Some(Errno::INVAL) => self.refusals += 1,
            _ => return,
        }
        if self.refusals >= MOST_REFUSALS && self.segments > 1 {
            tracing::debug!("the system takes datagrams one by one only");
            self.segments = 1;
        }
    }

    /// Notes that a plain send did not work either: if there is a doubt, the destination is at fault.
    pub(super) fn was_not_at_fault(&mut self) {
        self.doubt = None;
    }
}

#[cfg(test)]
#[path = "tests/offload.rs"]
mod tests;
