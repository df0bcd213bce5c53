//! Who something is for.

use crate::protocol::PeerId;

/// Something is for everyone else in the room, or for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Recipients {
    /// It is for everyone who is in the room now.
    #[default]
    Everyone,
    /// It is for this person.
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
