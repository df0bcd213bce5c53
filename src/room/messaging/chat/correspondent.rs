//! One person of the conversation: whether they can be reached, and what they are waiting for.

use super::entry::{ChatEntry, Receipt, Recipient, RecipientArrival};
use super::receipts::OwedReceipts;
use crate::protocol::PeerId;
use crate::room::messaging::channel::{Allowance, TokenBucket};
use crate::room::moment::Moment;
use crate::room::person_name::PersonName;

/// Somebody in the room.
#[derive(Clone, Debug)]
pub(crate) struct Correspondent {
    /// The server knows the person by this id.
    pub(crate) peer: PeerId,
    /// The person is called this: shown so in the receipts of my messages, and given so to who comes late.
    pub(crate) name: PersonName,
    /// The person was here before me or came later: only who was here before can tell what was said.
    pub(crate) arrival: ChatOrigin,
    /// The `chat` channel to them is open, or not.
    pub(crate) line: Line,
    /// An own message may be waiting for them. This may be true in vain, and is never false in error.
    pub(crate) waiting: bool,
    /// My messages to them are sent at this pace, which stays below what their guard allows.
    pub(crate) pace: Allowance,
    /// They were sent the history then for the last time, so that asking again and again costs little.
    pub(crate) answered: Option<Moment>,
    /// They asked for the history and do not have it yet.
    pub(crate) wants_history: bool,
    /// These messages of theirs are to be acknowledged to them.
    pub(crate) owed: OwedReceipts,
}

/// A person's requests for the history are answered at most this often, in ms.
const HISTORY_PAUSE_MS: u64 = 2_000;

/// The `chat` channel to one person stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Messages can be sent.
    Open,
    /// Messages wait until the channel opens.
    Closed,
}

impl Correspondent {
    pub(crate) fn new(peer: PeerId, name: PersonName, arrival: ChatOrigin, now: Moment) -> Self {
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
            owed: OwedReceipts::default(),
        }
    }

    /// When they may be sent the history they asked for; `None` while they want none or cannot be reached.
    pub(crate) fn history_due(&self) -> Option<Moment> {
        let rested = self.answered.map_or(Moment::default(), |answered| {
            answered.plus(HISTORY_PAUSE_MS)
        });
        (self.wants_history && self.line == Line::Open).then_some(rested)
    }

    /// When the next receipt is to go to them; `None` while there is none, or they cannot be reached.
    pub(crate) fn receipts_due(&self) -> Option<Moment> {
        self.owed.due().filter(|_| self.line == Line::Open)
    }

    /// Whether the conversation so far can be asked of them.
    pub(crate) fn can_tell_history(&self) -> bool {
        self.arrival == ChatOrigin::BeforeMe && self.line == Line::Open
    }

    pub(crate) fn recipient(&self, arrival: RecipientArrival) -> Recipient {
        Recipient {
            peer: self.peer.clone(),
            name: self.name.shown.clone(),
            arrival,
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
    /// They were in the roster of my first welcome.
    BeforeMe,
    /// They joined later.
    AfterMe,
}
