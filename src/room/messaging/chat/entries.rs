//! The entries of a conversation, in order, each once, and not without end.
//!
//! Invariant: no two entries have the same author and id; at most [`CONVERSATION_MESSAGES`] entries and
//! [`CONVERSATION_BYTES`] of text: the oldest go.

use std::collections::{HashSet, VecDeque};

use super::entry::{ChatEntry, Origin};
use super::message::MessageId;
use crate::protocol::PeerId;

/// Most messages that are kept.
pub const CONVERSATION_MESSAGES: usize = 2_000;

/// Most text that is kept, in bytes of UTF-8.
pub const CONVERSATION_BYTES: usize = 8 * 1024 * 1024;

/// An entry's author and id.
pub(crate) type Key = (PeerId, MessageId);

#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    entries: VecDeque<ChatEntry>,
    keys: HashSet<Key>,
    bytes: usize,
}

impl Entries {
    pub(crate) fn iter(&self) -> std::collections::vec_deque::Iter<'_, ChatEntry> {
        self.entries.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> std::collections::vec_deque::IterMut<'_, ChatEntry> {
        self.entries.iter_mut()
    }

    pub(crate) fn contains(&self, key: &Key) -> bool {
        self.keys.contains(key)
    }

    pub(crate) fn find_mut(&mut self, key: &Key) -> Option<&mut ChatEntry> {
        if !self.contains(key) {
            return None;
        }
        let is_it = |entry: &&mut ChatEntry| entry.id == key.1 && entry.author == key.0;
        self.entries.iter_mut().rev().find(is_it)
    }

    /// Adds at the end, but before what its author said later and somebody relayed earlier.
    pub(crate) fn push(&mut self, entry: ChatEntry) {
        let later = |known: &ChatEntry| {
            known.author == entry.author
                && known.sent_at > entry.sent_at
                && matches!(known.origin, Origin::Relayed { .. })
        };
        let index = self.entries.iter().position(later);
        self.insert(index.unwrap_or(self.entries.len()), entry);
    }

    /// Adds right behind another entry, or first without one, as far as its author's own order allows. What falls off
    /// at the front when full may be itself.
    pub(crate) fn insert_behind(&mut self, earlier: Option<&Key>, entry: ChatEntry) {
        let behind = |(author, id): &Key| {
            let is_it = |known: &ChatEntry| known.id == *id && known.author == *author;
            self.entries.iter().position(is_it)
        };
        let told = earlier.and_then(behind).map_or(0, |index| index + 1);
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
        let position = |(author, id): &Key| {
            let is_it = |known: &ChatEntry| known.id == *id && known.author == *author;
            self.entries.iter().position(is_it)
        };
        let (Some(told), Some(here)) = (earlier.and_then(position), position(key)) else {
            return;
        };
        if here < told
            && let Some(entry) = self.entries.remove(here)
        {
            self.keys.remove(key);
            self.bytes -= entry.text.as_str().len();
            self.insert_behind(earlier, entry);
        }
    }

    /// Replaces what somebody relayed by what the author says.
    pub(crate) fn overrule(&mut self, entry: ChatEntry) {
        let key = (entry.author.clone(), entry.id.clone());
        let added = entry.text.as_str().len();
        if let Some(known) = self.find_mut(&key)
            && matches!(known.origin, Origin::Relayed { .. })
        {
            let removed = known.text.as_str().len();
            *known = entry;
            self.bytes = self.bytes + added - removed;
            self.trim();
        }
    }

    fn insert(&mut self, index: usize, entry: ChatEntry) {
        if self.keys.insert((entry.author.clone(), entry.id.clone())) {
            self.bytes += entry.text.as_str().len();
            self.entries.insert(index, entry);
            self.trim();
        }
    }

    fn trim(&mut self) {
        while self.entries.len() > CONVERSATION_MESSAGES || self.bytes > CONVERSATION_BYTES {
            let Some(oldest) = self.entries.pop_front() else {
                return;
            };
            self.bytes -= oldest.text.as_str().len();
            self.keys.remove(&(oldest.author, oldest.id));
        }
    }
}
