//! The entries of a conversation, in order, each once, and not without end.
//!
//! Invariant: no two entries have the same author and id; at most [`CONVERSATION_MESSAGES`] entries and
//! [`CONVERSATION_BYTES`] of text: the oldest go. Whatever happens to an entry is among the changes.

use std::collections::{HashMap, VecDeque};

use super::change::EntryChange;
use super::entry::{ChatEntry, Origin};
use super::message::MessageId;
use crate::protocol::PeerId;
use crate::room::ordered::OrderedSet;

/// At most so many messages are kept.
pub const CONVERSATION_MESSAGES: usize = 2_000;

/// At most so much text is kept, in bytes of UTF-8.
pub const CONVERSATION_BYTES: usize = 8 * 1024 * 1024;

/// An entry's author and id.
pub(crate) type Key = (PeerId, MessageId);

/// The entries and what became of them since somebody looked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    /// The entries stand here in the order in which they are shown, the oldest first.
    entries: VecDeque<ChatEntry>,
    /// Every entry has a number, one more than the entry before it has. Who comes or goes at either end changes no other's.
    numbers: HashMap<Key, i64>,
    /// The first entry has this number, or would have it.
    first: i64,
    /// The entries' texts have so many bytes of UTF-8 together.
    bytes: usize,
    /// This became of the entries since somebody took the changes, except for what is in `revised`.
    changes: Vec<EntryChange>,
    /// The entries at these places were revised after all of the changes; several revisions of one are told as one.
    revised: OrderedSet<usize>,
}

impl Entries {
    pub(crate) fn iter(&self) -> std::collections::vec_deque::Iter<'_, ChatEntry> {
        self.entries.iter()
    }

    pub(crate) fn contains(&self, key: &Key) -> bool {
        self.numbers.contains_key(key)
    }

    /// Where an entry stands.
    pub(crate) fn position(&self, key: &Key) -> Option<usize> {
        let number = self.numbers.get(key)?;
        usize::try_from(number - self.first).ok()
    }

    /// Whether nothing became of them since the changes were taken but that some were revised where they stand.
    pub(crate) fn are_only_revised(&self) -> bool {
        self.changes.is_empty() && self.revised.iter().next().is_some()
    }

    /// What became of the entries since this was asked last.
    pub(crate) fn take_changes(&mut self) -> Vec<EntryChange> {
        self.settle_revisions();
        std::mem::take(&mut self.changes)
    }

    /// Revises whom an entry is for or reached. The revision says whether it made a difference.
    pub(crate) fn revise(&mut self, key: &Key, revision: impl FnOnce(&mut ChatEntry) -> bool) {
        if let Some(index) = self.position(key)
            && let Some(entry) = self.entries.get_mut(index)
            && revision(entry)
        {
            self.revised.insert(index);
        }
    }

    /// Revises whom the entries are for or reached, oldest first. The revision says for each whether it made a difference.
    pub(crate) fn revise_each(&mut self, mut revision: impl FnMut(&mut ChatEntry) -> bool) {
        for (index, entry) in self.entries.iter_mut().enumerate() {
            if revision(entry) {
                self.revised.insert(index);
            }
        }
    }

    /// Adds at the end, but before what its author said later and somebody relayed earlier.
    pub(crate) fn push(&mut self, entry: ChatEntry) {
        let later = |known: &ChatEntry| {
            matches!(known.origin, Origin::Relayed { .. })
                && known.sent_at > entry.sent_at
                && known.author == entry.author
        };
        let index = self.entries.iter().position(later);
        self.insert(index.unwrap_or(self.entries.len()), entry);
    }

    /// Adds right behind another entry, or first without one, as far as its author's own order allows. What falls off
    /// at the front when full may be itself.
    pub(crate) fn insert_behind(&mut self, earlier: Option<&Key>, entry: ChatEntry) {
        let behind = earlier.and_then(|key| self.position(key));
        let told = behind.map_or(0, |index| index + 1);
        let before =
            |known: &ChatEntry| known.author == entry.author && known.sent_at < entry.sent_at;
        let after =
            |known: &ChatEntry| known.author == entry.author && known.sent_at > entry.sent_at;
        let lowest = self.entries.iter().rposition(before);
        let highest = self.entries.iter().position(after);
        let index = told
            .max(lowest.map_or(0, |index| index + 1))
            .min(highest.unwrap_or(self.entries.len()));
        self.insert(index, entry);
    }

    /// Moves a known entry right behind another one that it now stands before, as far as its author's own order allows.
    /// What several people said to a newcomer at once arrives in no order; only the history knows it.
    pub(crate) fn move_behind(&mut self, earlier: Option<&Key>, key: &Key) {
        let told = earlier.and_then(|earlier| self.position(earlier));
        if let (Some(told), Some(here)) = (told, self.position(key))
            && here < told
            && let Some(entry) = self.remove(here)
        {
            self.insert_behind(earlier, entry);
        }
    }

    /// Replaces what somebody relayed by what the author says.
    pub(crate) fn overrule(&mut self, entry: ChatEntry) {
        if let Some(index) = self.position(&key_of(&entry))
            && let Some(known) = self.entries.get(index)
            && matches!(known.origin, Origin::Relayed { .. })
        {
            self.remove(index);
            self.insert(index, entry);
        }
    }

    fn insert(&mut self, index: usize, entry: ChatEntry) {
        let key = key_of(&entry);
        if self.contains(&key) {
            return;
        }
        self.settle_revisions();
        let told = entry.clone();
        self.changes
            .push(EntryChange::Inserted { index, entry: told });
        self.bytes += entry.text.as_str().len();
        self.entries.insert(index, entry);
        if index == 0 {
            self.first -= 1;
            self.numbers.insert(key, self.first);
        } else {
            self.number_from(index);
        }
        self.trim();
    }

    fn remove(&mut self, index: usize) -> Option<ChatEntry> {
        self.settle_revisions();
        let entry = self.entries.remove(index)?;
        self.changes.push(EntryChange::Removed { index });
        self.bytes -= entry.text.as_str().len();
        self.numbers.remove(&key_of(&entry));
        if index == 0 {
            self.first += 1;
        } else {
            self.number_from(index);
        }
        Some(entry)
    }

    /// Gives the entries from a place on their numbers, after one came there or went.
    fn number_from(&mut self, index: usize) {
        let numbers = self.first + index as i64..;
        for (number, entry) in numbers.zip(self.entries.range(index..)) {
            self.numbers.insert(key_of(entry), number);
        }
    }

    fn trim(&mut self) {
        while (self.entries.len() > CONVERSATION_MESSAGES || self.bytes > CONVERSATION_BYTES)
            && self.remove(0).is_some()
        {}
    }

    /// Puts the revisions among the changes, before places move.
    fn settle_revisions(&mut self) {
        for index in std::mem::take(&mut self.revised).iter().copied() {
            if let Some(entry) = self.entries.get(index).cloned() {
                self.changes.push(EntryChange::Revised { index, entry });
            }
        }
    }
}

fn key_of(entry: &ChatEntry) -> Key {
    (entry.author.clone(), entry.id.clone())
}

#[cfg(test)]
#[path = "tests/entries.rs"]
mod tests;
