//! What people send each other beside media, as it is shown: the conversation, reactions, pointers and who records.
//!
//! Invariant: each aspect is a signal of its own, so that a message renders nothing but the chat anew; and a receipt renders
//! one row of it anew, never the list.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::messaging::chat::{ChatEntry, EntryChange};
use crate::room::messaging::live::{Pointer, Reaction};
use crate::room::{Moment, Participant, Switch};

/// One message of the conversation, with a signal of its own.
#[derive(Clone, Debug)]
pub struct MessageRow {
    /// No other row has this number, also not one that the same message had before in another place.
    pub number: u64,
    /// The message is like this now. Only whom it is for and whom it reached changes while the row is there.
    pub entry: ArcRwSignal<ChatEntry>,
}

/// The signals of messaging. Only the engine writes them. Cheap to copy.
#[derive(Clone, Copy)]
pub struct MessagingSignals {
    /// The conversation has these messages, oldest first.
    pub rows: RwSignal<Vec<MessageRow>>,
    /// The row that comes next gets this number.
    next_row: StoredValue<u64>,
    /// This tells that some of the rows were revised where they stand, to who has to know of any.
    pub revised: Trigger,
    /// So many messages came while nobody looked.
    pub unread: RwSignal<usize>,
    /// These reactions float, oldest first.
    pub reactions: RwSignal<Vec<Reaction>>,
    /// These people point at something, each at one place.
    pub pointers: RwSignal<Vec<(PeerId, Pointer)>>,
    /// Pointers are shown and sent while this is on.
    pub pointer_switch: RwSignal<Switch>,
    /// These people record, since then.
    pub recorders: RwSignal<Vec<(Participant, Moment)>>,
}

impl Default for MessagingSignals {
    fn default() -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            next_row: StoredValue::new(0),
            revised: Trigger::new(),
            unread: RwSignal::new(0),
            reactions: RwSignal::new(Vec::new()),
            pointers: RwSignal::new(Vec::new()),
            pointer_switch: RwSignal::new(Switch::On),
            recorders: RwSignal::new(Vec::new()),
        }
    }
}

impl MessagingSignals {
    /// Follows what became of the conversation: the list changes only where a row comes or goes.
    pub fn follow(&self, changes: Vec<EntryChange>) {
        let mut are_revised = false;
        self.rows.maybe_update(|rows| {
            let mut are_others = false;
            for change in changes {
                match change {
                    EntryChange::Inserted { index, entry } => {
                        rows.insert(index.min(rows.len()), self.row(entry));
                        are_others = true;
                    }
                    EntryChange::Revised { index, entry } => {
                        if let Some(row) = rows.get(index) {
                            row.entry.set(entry);
                            are_revised = true;
                        }
                    }
                    EntryChange::Removed { index } => {
                        if index < rows.len() {
                            rows.remove(index);
                            are_others = true;
                        }
                    }
                }
            }
            are_others
        });
        if are_revised {
            self.revised.notify();
        }
    }

    fn row(&self, entry: ChatEntry) -> MessageRow {
        let number = self.next_row.get_value();
        self.next_row.set_value(number + 1);
        let entry = ArcRwSignal::new(entry);
        MessageRow { number, entry }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::DisplayName;
    use crate::room::messaging::channel::{Channel, Frame};
    use crate::room::messaging::chat::{Delivery, WallTime};
    use crate::room::messaging::event::{
        MessagingAction, MessagingEffect, MessagingEntry, MessagingEvent,
    };
    use crate::room::messaging::recipients::Recipients;
    use crate::room::messaging::state::Messaging;

    fn person(name: &str) -> (PeerId, DisplayName) {
        (PeerId::new(name), DisplayName::parse(name).unwrap())
    }

    /// The messaging of somebody who is in a room with Ada, and what is shown of it.
    struct Shown {
        /// The model decides what becomes of the messages.
        messaging: Messaging,
        /// The effects of the model are shown here.
        signals: MessagingSignals,
        /// What was sent to Ada.
        sent: Vec<String>,
    }

    impl Shown {
        fn new() -> Self {
            let (me, name) = person("me");
            let messaging = Messaging::new(MessagingEntry {
                me,
                name,
                roster: vec![(person("ada").0, person("ada").1.into())],
                page_opened: WallTime(1_000),
                chance: 0.5,
                now: Moment(0),
            });
            let mut shown = Self {
                messaging,
                signals: MessagingSignals::default(),
                sent: Vec::new(),
            };
            shown.handle(MessagingEvent::ChannelOpened {
                peer: person("ada").0,
                channel: Channel::Chat,
            });
            shown
        }

        fn perform(&mut self, effects: Vec<MessagingEffect>) {
            for effect in effects {
                match effect {
                    MessagingEffect::Conversation(changes) => self.signals.follow(changes),
                    MessagingEffect::Send {
                        frame: Frame::Text(text),
                        ..
                    } => self.sent.push(text),
                    _ => {}
                }
            }
        }

        fn handle(&mut self, event: MessagingEvent) {
            let effects = self.messaging.handle(event, Moment(1));
            self.perform(effects);
        }

        fn say(&mut self, text: &str) {
            let say = MessagingAction::Say {
                text: text.into(),
                to: Recipients::Everyone,
            };
            let effects = self.messaging.act(say, Moment(1)).unwrap();
            self.perform(effects);
        }

        /// Ada sends a frame on the chat's channel.
        fn hear(&mut self, frame: &str) {
            self.handle(MessagingEvent::Frame {
                peer: person("ada").0,
                channel: Channel::Chat,
                frame: Frame::Text(frame.into()),
            });
        }

        /// The numbers of the rows, once it is sure that they show the conversation.
        fn numbers(&self) -> Vec<u64> {
            let rows = self.signals.rows.get_untracked();
            let shown: Vec<ChatEntry> = rows.iter().map(|row| row.entry.get_untracked()).collect();
            let said = self.messaging.conversation().entries();
            assert_eq!(shown, said.cloned().collect::<Vec<_>>());
            rows.iter().map(|row| row.number).collect()
        }
    }

    #[test]
    fn a_receipt_changes_what_stands_in_its_row_and_not_the_list() {
        let owner = Owner::new();
        owner.set();
        let mut shown = Shown::new();
        shown.say("one");
        shown.say("two");
        let before = shown.numbers();
        let list = ArcMemo::new({
            let rows = shown.signals.rows;
            move |runs: Option<&usize>| {
                rows.track();
                runs.map_or(0, |runs| runs + 1)
            }
        });
        assert_eq!(list.get_untracked(), 0);
        let said = shown.sent.iter().find(|frame| frame.contains("one"));
        let id = said.unwrap().split('"').nth(7).unwrap().to_owned();
        shown.hear(&format!(r#"{{"type":"received","id":"{id}"}}"#));
        let rows = shown.signals.rows.get_untracked();
        let deliveries: Vec<_> = rows
            .iter()
            .map(|row| row.entry.with_untracked(ChatEntry::delivery))
            .collect();
        assert_eq!(
            deliveries,
            [
                Some(Delivery::Everyone),
                Some(Delivery::OnTheWay { reached: 0, of: 1 })
            ]
        );
        assert_eq!(shown.numbers(), before);
        assert_eq!(list.get_untracked(), 0);
    }

    #[test]
    fn rows_come_go_and_move_as_the_messages_do() {
        let owner = Owner::new();
        owner.set();
        let mut shown = Shown::new();
        shown.hear(r#"{"type":"message","id":"a-2","text":"two","sentAt":9}"#);
        let two = shown.numbers()[0];
        let entry = |id: &str, author: &str, sent_at: u64| {
            format!(
                r#"{{"id":"{id}","author":"{author}","name":"{author}","text":"{id}","sentAt":{sent_at}}}"#
            )
        };
        let told = [
            entry("a-1", "ada", 5),
            entry("b-1", "ben", 7),
            entry("a-2", "ada", 9),
        ];
        shown.hear(&format!(
            r#"{{"type":"history","entries":[{}]}}"#,
            told.join(",")
        ));
        assert_eq!(
            shown.numbers(),
            [1, 2, two],
            "what stays has the row it had"
        );
        shown.hear(r#"{"type":"message","id":"a-1","text":"in truth","sentAt":5}"#);
        assert_eq!(
            shown.numbers(),
            [3, 2, two],
            "what its author says is another row than what was passed on"
        );
        for number in 0..2_000 {
            shown.say(&number.to_string());
        }
        assert_eq!(shown.numbers().len(), 2_000);
        assert!(!shown.numbers().contains(&two));
    }
}
