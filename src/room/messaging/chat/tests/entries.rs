//! Whatever happens to the entries, the changes tell all of it.

use super::*;
use crate::protocol::DisplayName;
use crate::random::{Random, seeds};
use crate::room::channel::Addressed;
use crate::room::messaging::chat::entry::{Receipt, Recipient, RecipientArrival};
use crate::room::messaging::chat::message::WallTime;
use crate::room::messaging::chat::text::MessageText;
use crate::room::moment::Moment;

/// Entries, and a list that knows nothing of them but the changes.
struct Followed {
    entries: Entries,
    list: Vec<ChatEntry>,
    random: Random,
    /// So many changes were told.
    told: usize,
    /// Every message says this.
    text: MessageText,
}

impl Followed {
    fn new(seed: u64, text: &str) -> Self {
        Self {
            entries: Entries::default(),
            list: Vec::new(),
            random: Random::new(seed),
            told: 0,
            text: MessageText::parse(text).unwrap(),
        }
    }

    /// A message of one of three people, one of them me.
    fn entry(&mut self, id: u64) -> ChatEntry {
        let author = ["me", "ada", "ben"][self.random.below(3) as usize];
        let recipient = Recipient {
            peer: PeerId::new("ada"),
            name: DisplayName::parse("ada").unwrap(),
            arrival: RecipientArrival::Before,
            receipt: Receipt::Waiting,
        };
        ChatEntry {
            id: MessageId::parse(&id.to_string()).unwrap(),
            author: PeerId::new(author),
            given: DisplayName::parse(author).unwrap(),
            name: DisplayName::parse(author).unwrap(),
            text: self.text.clone(),
            sent_at: WallTime(self.random.below(1_000)),
            addressed: Addressed::Everyone,
            origin: match author {
                "me" => Origin::Mine {
                    recipients: vec![recipient],
                    at: Moment(0),
                },
                _ if self.random.percent(50) => Origin::Heard,
                _ => Origin::Relayed {
                    by: PeerId::new("ada"),
                },
            },
        }
    }

    fn any_key(&mut self) -> Option<Key> {
        let index = self.random.below(self.entries.iter().len() as u64) as usize;
        self.entries.iter().nth(index).map(key_of)
    }

    fn step(&mut self, id: u64) {
        let (one, other) = (self.any_key(), self.any_key());
        match self.random.below(8) {
            0..=2 => {
                let entry = self.entry(id);
                self.entries.push(entry);
            }
            3 => {
                let entry = self.entry(id);
                self.entries.insert_behind(one.as_ref(), entry);
            }
            4 => {
                if let Some(key) = other {
                    self.entries.move_behind(one.as_ref(), &key);
                }
            }
            5 => {
                let mut entry = self.entry(id);
                entry.origin = Origin::Heard;
                if let Some((author, id)) = one {
                    (entry.author, entry.id) = (author, id);
                    self.entries.overrule(entry);
                }
            }
            6 => {
                if let Some(key) = one {
                    self.entries.revise(&key, |entry| {
                        entry.revise_receipt(&PeerId::new("ada"), |_| Receipt::Delivered)
                    });
                }
            }
            _ => self.entries.revise_each(|entry| {
                entry.revise_receipt(&PeerId::new("ada"), |receipt| match receipt {
                    Receipt::Waiting => Receipt::Sent,
                    _ => Receipt::Waiting,
                })
            }),
        }
    }

    fn follow(&mut self) {
        let changes = self.entries.take_changes();
        self.told += changes.len();
        for change in changes {
            change.apply(&mut self.list);
        }
        assert!(self.entries.iter().eq(&self.list));
        for (index, entry) in self.list.iter().enumerate() {
            assert_eq!(self.entries.position(&key_of(entry)), Some(index));
        }
    }
}

#[test]
fn the_changes_one_after_another_make_the_entries() {
    for seed in seeds(20) {
        let mut followed = Followed::new(seed, "short");
        for id in 0..300 {
            followed.step(id);
            if followed.random.percent(30) {
                followed.follow();
            }
        }
        followed.follow();
        assert!(followed.list.len() > 100);
    }
}

#[test]
fn the_changes_make_the_entries_also_while_the_oldest_fall_off() {
    let long = "€".repeat(10_000);
    for (text, most) in [
        ("short", CONVERSATION_MESSAGES),
        (&*long, CONVERSATION_BYTES / long.len()),
    ] {
        for seed in seeds(2) {
            let mut followed = Followed::new(seed, text);
            for id in 0..most as u64 {
                let entry = followed.entry(id);
                followed.entries.push(entry);
            }
            followed.follow();
            assert_eq!(followed.list.len(), most);
            for id in 0..50 {
                followed.step(10_000 + id);
                if followed.random.percent(30) {
                    followed.follow();
                }
            }
            followed.follow();
            assert_eq!(followed.list.len(), most);
        }
    }
}

#[test]
fn what_makes_no_difference_is_no_change_and_several_revisions_are_one() {
    let mut followed = Followed::new(1, "short");
    for id in 0..100 {
        let entry = followed.entry(id);
        followed.entries.push(entry);
    }
    followed.follow();
    followed.told = 0;
    let mine = followed.list.iter().find(|entry| entry.is_mine()).unwrap();
    let key = key_of(mine);
    for receipt in [Receipt::Sent, Receipt::Delivered, Receipt::Delivered] {
        followed.entries.revise(&key, |entry| {
            entry.revise_receipt(&PeerId::new("ada"), |_| receipt)
        });
    }
    followed.follow();
    assert_eq!(followed.told, 1);
    followed.entries.revise(&key, |entry| {
        entry.revise_receipt(&PeerId::new("ada"), |_| Receipt::Delivered)
    });
    let nobody = (PeerId::new("nobody"), key.1);
    followed.entries.revise(&nobody, |_| true);
    followed.follow();
    assert_eq!(followed.told, 1);
}
