//! What travels on the `chat` channel.

use serde::Serialize;

use super::text::MessageText;
use crate::protocol::fields::{Read, WrongField, members};
use crate::protocol::message::message;
use crate::protocol::{DisplayName, PeerId};

/// Milliseconds since 1970, UTC, by the clock of whoever says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct WallTime(pub u64);

/// Names a message among those of its author: 1–64 of `A-Z a-z 0-9 - _`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct MessageId(String);

impl MessageId {
    /// Accepts what follows the rule; `None` for anything else.
    pub fn parse(id: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        ((1..=64).contains(&id.len()) && id.bytes().all(allowed)).then(|| Self(id.to_owned()))
    }

    /// The id as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<MessageId> for String {
    fn from(id: MessageId) -> Self {
        id.0
    }
}

/// Makes the ids of one visit: a random beginning, so that a reloaded page does not use an id twice, and a count.
#[derive(Clone, Debug)]
pub(crate) struct MessageIds {
    /// This number, drawn by lot, begins every id of the visit.
    visit: u64,
    /// The last id ended with this number; the first ends with 1.
    next: u64,
}

impl MessageIds {
    /// `chance` is a random number in `0.0..1.0`.
    pub(crate) fn new(chance: f64) -> Self {
        let scale = (1_u64 << 53) as f64;
        Self {
            visit: (chance.clamp(0.0, 1.0) * scale) as u64,
            next: 0,
        }
    }

    pub(crate) fn next(&mut self) -> MessageId {
        self.next += 1;
        MessageId(format!("{:x}-{}", self.visit, self.next))
    }
}

message! {
    /// A message as somebody else passes it on. Only messages to everyone are.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct HistoryEntry {
        /// The message has this id, which its author gave it.
        pub id: MessageId = "id",
        /// This person said it.
        pub author: PeerId = "author",
        /// They are called this, and may have left.
        pub name: DisplayName = "name",
        /// They said this.
        pub text: MessageText = "text",
        /// They said it then, by their clock.
        pub sent_at: WallTime = "sentAt",
    }
}

members! {
    WallTime: |fields, name| fields.integer(name).map(Self),
    MessageId: |fields, name| Self::parse(fields.text(name)?).ok_or(WrongField(name)),
}

impl Read for MessageId {
    fn read(value: &serde_json::Value) -> Result<Self, WrongField> {
        let id = value.as_str().and_then(Self::parse);
        id.ok_or(WrongField("id"))
    }
}
