//! Where a person is written to.
//!
//! The library writes to the best pair of addresses that was ever nominated. Behind a router that gives a client another address the
//! client itself notices nothing, and goes on with the pair that it has; from here that is another pair, no better than the one
//! before. So the person is taken to be where they were heard last.
//!
//! Invariant: they are looked for at no address from which they did not prove to know the password of the session, and somebody who
//! sends from where they are is not looked for elsewhere.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::binding::{BindingRequest, TransactionId, accepted};
use super::ways::is_stun;

/// Who nominated another address, and sends from there, has sent nothing from before for so long when they have moved: what was under
/// way has arrived.
const OVERTAKEN: Duration = Duration::from_millis(100);

/// Who sends anything but STUN sends something at least so often, as long as they hear something.
const MEDIA_SILENCE: Duration = Duration::from_millis(500);

/// Clients ask more often than that whether the way stands: Chromium every 2.5 s.
const SILENCE: Duration = Duration::from_millis(2_800);

/// Where one person is.
#[derive(Debug)]
pub(super) struct Whereabouts {
    /// They are written to there.
    at: Option<SocketAddr>,
    /// The library last wrote there.
    library: Option<SocketAddr>,
    /// Something but STUN last came from where they are then, if it ever did.
    media: Option<Instant>,
    /// Anything last came from where they are then.
    heard: Instant,
    /// They, or somebody who calls himself so, asked this from elsewhere.
    asked: Option<Asked>,
    /// They nominated this address, which is elsewhere.
    nominated: Option<SocketAddr>,
    /// They were somewhere else, and that was not asked for yet.
    has_moved: bool,
}

/// A request that the library has not answered yet.
#[derive(Clone, Copy, Debug)]
struct Asked {
    transaction: TransactionId,
    from: SocketAddr,
    at: Instant,
    nominates: bool,
}

impl Whereabouts {
    /// They are nowhere yet.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            at: None,
            library: None,
            media: None,
            heard: now,
            asked: None,
            nominated: None,
            has_moved: false,
        }
    }

    /// Says whether they are somewhere else than when it was asked last.
    pub(super) fn take_moved(&mut self) -> bool {
        std::mem::take(&mut self.has_moved)
    }

    /// Gives where they are written to, once that is known.
    pub(super) fn at(&self) -> Option<SocketAddr> {
        self.at
    }

    /// A datagram of this session came from there.
    pub(super) fn came(&mut self, from: SocketAddr, datagram: &[u8], now: Instant) {
        if self.at == Some(from) {
            self.heard = self.heard.max(now);
            if !is_stun(datagram) {
                self.media = self.media.max(Some(now));
            }
        } else if !is_stun(datagram) {
            if self.nominated == Some(from) && self.media_silence(now) >= OVERTAKEN {
                self.move_to(from, now);
            }
        } else if let Some(request) = BindingRequest::read(datagram) {
            self.asked = Some(Asked {
                transaction: request.transaction,
                from,
                at: now,
                nominates: request.nominates,
            });
        }
    }

    /// The library sends a datagram there. Gives where it is to go.
    pub(super) fn goes(&mut self, to: SocketAddr, datagram: &[u8]) -> SocketAddr {
        if is_stun(datagram) {
            self.answered(to, datagram);
            return to;
        }
        if self.library != Some(to) {
            self.library = Some(to);
            self.has_moved |= self.at.is_some_and(|at| at != to);
            self.at = Some(to);
        }
        self.at.unwrap_or(to)
    }

    /// An answer goes out: who asked for it from elsewhere, and is not heard any more where they were, has moved.
    fn answered(&mut self, to: SocketAddr, datagram: &[u8]) {
        let transaction = accepted(datagram);
        let is_answer = |asked: &Asked| asked.from == to && Some(asked.transaction) == transaction;
        let Some(asked) = self.asked.take_if(|asked| is_answer(asked)) else {
            return;
        };
        let is_silent = match asked.nominates {
            true => self.media_silence(asked.at) >= MEDIA_SILENCE,
            false => asked.at.duration_since(self.heard) >= SILENCE,
        };
        if self.at.is_none() {
            return;
        }
        if is_silent {
            self.move_to(asked.from, asked.at);
        } else if asked.nominates {
            self.nominated = Some(asked.from);
        }
    }

    fn media_silence(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.media.unwrap_or(self.heard))
    }

    fn move_to(&mut self, address: SocketAddr, now: Instant) {
        self.has_moved |= self.at != Some(address);
        self.at = Some(address);
        (self.media, self.heard) = (Some(now), now);
        self.nominated = None;
    }
}

#[cfg(test)]
#[path = "tests/whereabouts.rs"]
mod tests;
