//! One person of the conversation: whether they can be reached, and what they are waiting for.

use super::entry::{ChatEntry, Receipt, Recipient};
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

/// A person's requests for the history are answered at most this often, in ms.
const HISTORY_PAUSE_MS: u64 = 2_000;

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

    /// When they may be sent the history they asked for; `None` while they want none or cannot be reached.
    pub(crate) fn history_due(&self) -> Option<Moment> {
        let rested = self.answered.map_or(Moment::default(), |answered| {
            answered.plus(HISTORY_PAUSE_MS)
        });
        (self.wants_history && self.line == Line::Open).then_some(rested)
    }

    /// Whether the conversation so far can be asked of them.
    pub(crate) fn can_tell_history(&self) -> bool {
        self.arrival == ChatOrigin::BeforeMe && self.line == Line::Open
    }

    pub(crate) fn recipient(&self) -> Recipient {
        Recipient {
            peer: self.peer.clone(),
            name: self.name.clone(),
            receipt: Receipt::Waiting,
        }
    }
}

/// What a message counts for where bytes are counted: its text, and what is written around it.
pub(crate) fn allowed_size(entry: &ChatEntry) -> usize {
    entry.text.as_str().len() + 200
}

/// Whether somebody was in the room before me.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatOrigin {
    /// In the roster of my first welcome.
    BeforeMe,
    /// Joined later.
    AfterMe,
}
