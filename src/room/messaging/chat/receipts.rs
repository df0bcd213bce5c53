//! Receipts: which messages somebody says they have, one alone or several together.
//!
//! Invariant: one frame names at least one message and at most [`MOST_RECEIPTS`]; and where they are gathered, at most one
//! frame goes to an author in [`APART_MS`].

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::message::MessageId;
use crate::protocol::fields::{Fields, Read, WrongField};
use crate::room::moment::Moment;

/// One frame names at most so many messages.
pub const MOST_RECEIPTS: usize = 100;

/// Two frames of gathered receipts to one author are at least this far apart, in ms.
const APART_MS: u64 = 1_000;

/// What a `received` names: `id` for one message, `ids` for several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipts(Vec<MessageId>);

impl Receipts {
    /// Of one message.
    pub(crate) fn one(id: MessageId) -> Self {
        Self(vec![id])
    }

    /// The messages that are named.
    pub(crate) fn into_ids(self) -> Vec<MessageId> {
        self.0
    }
}

impl Serialize for Receipts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Receipts", 1)?;
        match self.0.as_slice() {
            [id] => fields.serialize_field("id", id)?,
            ids => fields.serialize_field("ids", ids)?,
        }
        fields.end()
    }
}

impl Read for Receipts {
    fn read(value: &serde_json::Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        let Some(id) = fields.member::<Option<MessageId>>("id")? else {
            let ids: Vec<MessageId> = fields.member("ids")?;
            let is_allowed = (1..=MOST_RECEIPTS).contains(&ids.len());
            return is_allowed.then_some(Self(ids)).ok_or(WrongField("ids"));
        };
        match fields.value("ids") {
            None => Ok(Self::one(id)),
            Some(_) => Err(WrongField("ids")),
        }
    }
}

/// The receipts that one author is still to get.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwedReceipts {
    /// These messages of theirs are not acknowledged yet, in the order in which they came. Nobody may send as many in a second as
    /// one frame names, so they do not pile up.
    ids: Vec<MessageId>,
    /// The last frame of receipts went to them then.
    sent: Option<Moment>,
}

impl OwedReceipts {
    /// A message came.
    pub(crate) fn owe(&mut self, id: MessageId) {
        self.ids.push(id);
    }

    /// When a frame is to go to the author, which is at once when none went of late; `None` while they have all of them.
    pub(crate) fn due(&self) -> Option<Moment> {
        let rested = self
            .sent
            .map_or(Moment::default(), |sent| sent.plus(APART_MS));
        (!self.ids.is_empty()).then_some(rested)
    }

    /// What goes to the author now.
    pub(crate) fn take_due(&mut self, now: Moment) -> Option<Receipts> {
        self.due().filter(|due| *due <= now)?;
        self.sent = Some(now);
        let most = self.ids.len().min(MOST_RECEIPTS);
        Some(Receipts(self.ids.drain(..most).collect()))
    }
}

#[cfg(test)]
#[path = "tests/receipts.rs"]
mod tests;
