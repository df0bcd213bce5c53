//! One message of the conversation as this participant has it, and whom it reached.

use super::message::{HistoryEntry, MessageId, WallTime};
use super::text::MessageText;
use crate::protocol::{DisplayName, PeerId};
use crate::room::channel::Addressed;
use crate::room::messaging::frame::ChatFrame;
use crate::room::moment::Moment;

/// A message of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatEntry {
    /// The id is, together with the author, unique in the conversation.
    pub id: MessageId,
    /// This person said it, and may have left.
    pub author: PeerId,
    /// The author gave this name, under which it is passed on.
    pub given: DisplayName,
    /// The author is or was shown under this name.
    pub name: DisplayName,
    /// They said this.
    pub text: MessageText,
    /// They said it then, by the author's clock, but never later than it arrived by mine.
    pub sent_at: WallTime,
    /// It was said to all or to one.
    pub addressed: Addressed,
    /// It came into this conversation like this.
    pub origin: Origin,
}

/// How a message came into the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// I wrote it.
    Mine {
        /// It is for these people, and reached them or not. A direct message has exactly one.
        recipients: Vec<Recipient>,
        /// I sent it then.
        at: Moment,
    },
    /// The author told me.
    Heard,
    /// Somebody else says that the author said it, before I came.
    Relayed {
        /// This person says so.
        by: PeerId,
    },
}

/// One person a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The message is for this person.
    pub peer: PeerId,
    /// They are or were called this.
    pub name: DisplayName,
    /// They were there when it was said, or came later.
    pub arrival: RecipientArrival,
    /// It reached them, or not.
    pub receipt: Receipt,
}

/// When a person came whom a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipientArrival {
    /// They were there when it was said.
    Before,
    /// They came soon after.
    After,
}

/// Whether a message reached a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// There is no connection, or others go first: it will be sent.
    Waiting,
    /// It is sent and not yet acknowledged.
    Sent,
    /// They have it.
    Delivered,
    /// They left without it.
    Missed,
}

/// The receipts of one message in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Nobody was there to hear it.
    Nobody,
    /// Not everyone has acknowledged it yet, but it is on its way to all.
    OnTheWay {
        /// So many have it.
        reached: usize,
        /// It is for so many.
        of: usize,
    },
    /// Everyone it is for has it.
    Everyone,
    /// These people do not have it: waiting for their connection, or gone.
    Missing(Vec<DisplayName>),
}

impl ChatEntry {
    /// Whether I wrote it.
    pub fn is_mine(&self) -> bool {
        matches!(self.origin, Origin::Mine { .. })
    }

    /// Whom it reached; `None` for what others said.
    pub fn delivery(&self) -> Option<Delivery> {
        let Origin::Mine { recipients, .. } = &self.origin else {
            return None;
        };
        let missing: Vec<DisplayName> = recipients
            .iter()
            .filter(|recipient| matches!(recipient.receipt, Receipt::Waiting | Receipt::Missed))
            .map(|recipient| recipient.name.clone())
            .collect();
        let receipts = recipients.iter().map(|recipient| recipient.receipt);
        let reached = receipts.filter(|it| *it == Receipt::Delivered).count();
        Some(if recipients.is_empty() {
            Delivery::Nobody
        } else if !missing.is_empty() {
            Delivery::Missing(missing)
        } else if reached < recipients.len() {
            Delivery::OnTheWay {
                reached,
                of: recipients.len(),
            }
        } else {
            Delivery::Everyone
        })
    }

    /// The other person of an own direct message.
    pub fn direct_recipient(&self) -> Option<&Recipient> {
        match (&self.origin, self.addressed) {
            (Origin::Mine { recipients, .. }, Addressed::Direct) => recipients.first(),
            _ => None,
        }
    }

    /// As the author sends it.
    pub(crate) fn to_message(&self) -> ChatFrame {
        ChatFrame::Message {
            id: self.id.clone(),
            text: self.text.clone(),
            sent_at: self.sent_at,
            to: self.addressed,
        }
    }

    /// As anyone passes it on; `None` for a direct message.
    pub(crate) fn to_history(&self) -> Option<HistoryEntry> {
        (self.addressed == Addressed::Everyone).then(|| HistoryEntry {
            id: self.id.clone(),
            author: self.author.clone(),
            name: self.given.clone(),
            text: self.text.clone(),
            sent_at: self.sent_at,
        })
    }

    /// A person is gone for good: whoever was there when it was said, and does not have it, has missed it; who came later is
    /// not spoken of any more. Says whether that made a difference.
    pub(crate) fn person_left(&mut self, peer: &PeerId) -> bool {
        let missed = self.revise_receipt(peer, |receipt| match receipt {
            Receipt::Delivered => Receipt::Delivered,
            Receipt::Waiting | Receipt::Sent | Receipt::Missed => Receipt::Missed,
        });
        let Origin::Mine { recipients, .. } = &mut self.origin else {
            return false;
        };
        let before = recipients.len();
        recipients.retain(|one| one.peer != *peer || one.arrival == RecipientArrival::Before);
        missed || recipients.len() < before
    }

    /// Whether it is still on its way to somebody.
    pub(crate) fn is_under_way(&self) -> bool {
        let Origin::Mine { recipients, .. } = &self.origin else {
            return false;
        };
        let mut receipts = recipients.iter().map(|recipient| recipient.receipt);
        receipts.any(|receipt| matches!(receipt, Receipt::Waiting | Receipt::Sent))
    }

    /// Makes another receipt of the one that a person has for an own message; says whether that made a difference.
    pub(crate) fn revise_receipt(
        &mut self,
        peer: &PeerId,
        revised: impl FnOnce(Receipt) -> Receipt,
    ) -> bool {
        let Origin::Mine { recipients, .. } = &mut self.origin else {
            return false;
        };
        let Some(recipient) = recipients.iter_mut().find(|one| one.peer == *peer) else {
            return false;
        };
        let before = recipient.receipt;
        recipient.receipt = revised(before);
        recipient.receipt != before
    }
}
