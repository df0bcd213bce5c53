//! Somebody in the room, as those have to know them who send them something.

use super::person_name::PersonName;
use crate::protocol::{DisplayName, ParticipantKind};

/// What somebody is called, and what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// They are called this.
    pub name: PersonName,
    /// They are people or devices.
    pub kind: ParticipantKind,
}

/// A person.
impl From<PersonName> for Member {
    fn from(name: PersonName) -> Self {
        Self {
            name,
            kind: ParticipantKind::Person,
        }
    }
}

/// A person, and nobody else is called alike.
impl From<DisplayName> for Member {
    fn from(name: DisplayName) -> Self {
        PersonName::from(name).into()
    }
}
