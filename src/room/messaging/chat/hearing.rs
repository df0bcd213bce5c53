//! The hearing side of the conversation: what others say, acknowledge and pass on.

use super::conversation::{Attention, ChatEffect, Conversation};
use super::entry::{ChatEntry, Origin, Receipt};
use super::message::{HistoryEntry, MessageId, WallTime};
use super::text::MessageText;
use crate::protocol::PeerId;
use crate::room::channel::Addressed;
use crate::room::messaging::channel::frame::Violation;
use crate::room::messaging::frame::ChatFrame;
use crate::room::moment::Moment;

impl Conversation {
    /// A person in the room sent a frame that concerns the conversation; others are ignored here.
    ///
    /// # Errors
    /// [`Violation`] when it breaks a rule; it changed nothing then.
    pub fn receive(
        &mut self,
        from: &PeerId,
        frame: ChatFrame,
        now: Moment,
    ) -> Result<Vec<ChatEffect>, Violation> {
        match frame {
            ChatFrame::Message {
                id,
                text,
                sent_at,
                to,
            } => Ok(self.hear(from, id, text, sent_at, to, now)),
            ChatFrame::Received(receipts) => {
                for id in receipts.into_ids() {
                    let key = (self.me.clone(), id);
                    self.entries.revise(&key, |entry| {
                        entry.revise_receipt(from, |_| Receipt::Delivered)
                    });
                }
                Ok(Vec::new())
            }
            ChatFrame::HistoryRequest => {
                if let Some(person) = self.person_mut(from) {
                    person.wants_history = true;
                }
                Ok(self.tick(now))
            }
            ChatFrame::History { entries, more } => {
                self.merge(from, entries, more, now)?;
                Ok(self.tick(now))
            }
            ChatFrame::Recording { .. }
            | ChatFrame::App(_)
            | ChatFrame::Viewing(_)
            | ChatFrame::Unknown => Ok(Vec::new()),
        }
    }

    fn hear(
        &mut self,
        from: &PeerId,
        id: MessageId,
        text: MessageText,
        sent_at: WallTime,
        addressed: Addressed,
        now: Moment,
    ) -> Vec<ChatEffect> {
        let Some(name) = self.name_of(from) else {
            return Vec::new();
        };
        let mut effects = Vec::new();
        self.acknowledge(from, id.clone(), now, &mut effects);
        let key = (from.clone(), id.clone());
        let entry = ChatEntry {
            id,
            author: from.clone(),
            given: name.given,
            name: name.shown,
            text: text.clone(),
            sent_at: sent_at.min(self.wall(now)),
            addressed,
            origin: Origin::Heard,
        };
        if self.entries.contains(&key) {
            self.entries.overrule(entry);
            return effects;
        }
        self.entries.push(entry);
        if self.attention == Attention::Elsewhere {
            self.unread += 1;
        }
        effects.push(ChatEffect::Arrived {
            from: from.clone(),
            addressed,
            text,
        });
        effects
    }

    fn merge(
        &mut self,
        from: &PeerId,
        entries: Vec<HistoryEntry>,
        more: bool,
        now: Moment,
    ) -> Result<(), Violation> {
        let mut cursor = self.quest.heard(from, entries.len(), more, now)?;
        for told in entries {
            let key = (told.author.clone(), told.id.clone());
            if self.entries.contains(&key) {
                self.entries.move_behind(cursor.as_ref(), &key);
            } else {
                let name = self.name_of(&told.author);
                let name = name.unwrap_or_else(|| told.name.into());
                let entry = ChatEntry {
                    given: name.given,
                    name: name.shown,
                    id: told.id,
                    author: told.author,
                    text: told.text,
                    sent_at: told.sent_at.min(self.wall(now)),
                    addressed: Addressed::Everyone,
                    origin: Origin::Relayed { by: from.clone() },
                };
                self.entries.insert_behind(cursor.as_ref(), entry);
            }
            cursor = Some(key);
        }
        self.quest.place(from, cursor);
        Ok(())
    }
}
