//! What became of the entries of a conversation, one change after another: who shows them follows it, and takes none anew
//! that is as it was.

use super::entry::ChatEntry;

/// What became of one entry. Done one after another to an empty list, the changes make the conversation of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryChange {
    /// An entry came; those that stood there and behind it stand one further.
    Inserted {
        /// It stands here now.
        index: usize,
        /// The conversation says this in it.
        entry: ChatEntry,
    },
    /// An entry is for more people than before, or reached others. What it says, and who said it when, is as it was.
    Revised {
        /// It stands here.
        index: usize,
        /// It is like this now.
        entry: ChatEntry,
    },
    /// An entry is gone, or about to come again in another place; those behind it stand one nearer.
    Removed {
        /// It stood here.
        index: usize,
    },
}

#[cfg(test)]
impl EntryChange {
    /// Does the change to a list.
    pub(crate) fn apply(self, list: &mut Vec<ChatEntry>) {
        match self {
            Self::Inserted { index, entry } => list.insert(index, entry),
            Self::Revised { index, entry } => list[index] = entry,
            Self::Removed { index } => drop(list.remove(index)),
        }
    }
}
