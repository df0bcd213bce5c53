//! One person of the conversation: whether they can be reached, and what they are waiting for.

use super::entry::{Receipt, Recipient};
use crate::protocol::{DisplayName, PeerId};
use crate::room::messaging::channel::{Allowance, TokenBucket};
use crate::room::moment::Moment;

/// Somebody in the room.
#[derive(Clone, Debug)]
pub(crate) struct Correspondent {
    pub(crate) peer: PeerId,
    pub(crate) name: DisplayName,
    pub(crate) arrival: ChatOrigin,
    pub(crate) line: Line,
    /// Whether an own message may be waiting for them. May be true in vain, never false in error.
    pub(crate) waiting: bool,
    pub(crate) pace: Allowance,
    pub(crate) answered: Option<Moment>,
    pub(crate) wants_history: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Open,
    Closed,
}

impl Correspondent {
    pub(crate) fn new(peer: PeerId, name: DisplayName, arrival: ChatOrigin, now: Moment) -> Self {
        Self {
            peer,
            name,
            arrival,
            line: Line::Closed,
            waiting: false,
            pace: Allowance::new(
                TokenBucket::full(200, 20.0, now.0),
                TokenBucket::full(1024 * 1024, 128.0 * 1024.0, now.0),
            ),
            answered: None,
            wants_history: false,
        }
    }

    pub(crate) fn recipient(&self) -> Recipient {
        Recipient {
            peer: self.peer.clone(),
            name: self.name.clone(),
            receipt: Receipt::Waiting,
        }
    }
}

/// Whether somebody was in the room before me.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatOrigin {
    /// In the roster of my first welcome.
    BeforeMe,
    /// Joined later.
    AfterMe,
}
