//! What somebody is called: as they say themselves, and as this page tells them from others who say the same.

use crate::protocol::DisplayName;

/// The two names of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName {
    /// They gave this name themselves, and messages carry it.
    pub given: DisplayName,
    /// The page shows this one: the given one, with a number where somebody who came before is called alike.
    pub shown: DisplayName,
}

/// Nobody else is called alike.
impl From<DisplayName> for PersonName {
    fn from(name: DisplayName) -> Self {
        Self {
            given: name.clone(),
            shown: name,
        }
    }
}
