//! Who something is for.

use crate::protocol::PeerId;

/// Everyone else in the room, or one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Recipients {
    /// Everyone who is in the room now.
    #[default]
    Everyone,
    /// One person.
    Person(PeerId),
}

impl Recipients {
    /// Whether this person belongs to it.
    pub fn includes(&self, peer: &PeerId) -> bool {
        match self {
            Self::Everyone => true,
            Self::Person(person) => person == peer,
        }
    }
}
