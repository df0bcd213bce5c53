//! Newtype ids: a string that is a room's name cannot be mistaken for a peer's id.
//!
//! Invariant: a [`RoomName`] satisfies its rules for as long as it exists. [`PeerId`] and [`ResumeToken`] are opaque: only
//! the server that made them knows what is inside.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fields::members;
use super::limits::ROOM_NAME_LENGTH;

/// A participant of one room, as the server named it. Opaque; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PeerId(Arc<str>);

/// So that sets of peers are asked with the text that came over the wire.
impl std::borrow::Borrow<str> for PeerId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PeerId {
    /// Wraps an id that came from the server, or that the server just made.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The id as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The right to take a seat back under the same id. Opaque to clients; never logged, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResumeToken(String);

impl ResumeToken {
    /// Wraps a token as the server made it or a client kept it.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The token as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ResumeToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ResumeToken(…)")
    }
}

/// A room's name, as in `/r/team-standup`: 3–64 of `a-z 0-9 -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomName(Arc<str>);

/// Why a text is not a room's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RoomNameError {
    /// Fewer than 3 or more than 64 characters.
    #[error("a room name has 3 to 64 characters")]
    Length,
    /// A character outside `a-z 0-9 -`.
    #[error("a room name has only the letters a to z, digits and hyphens")]
    Character,
}

impl RoomName {
    /// Accepts exactly what the protocol allows; nothing is corrected.
    ///
    /// # Errors
    /// [`RoomNameError`] says which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, RoomNameError> {
        if !ROOM_NAME_LENGTH.contains(&text.len()) {
            return Err(RoomNameError::Length);
        }
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !text.bytes().all(allowed) {
            return Err(RoomNameError::Character);
        }
        Ok(Self(text.into()))
    }

    /// The name as it stands in the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RoomName {
    type Error = RoomNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<RoomName> for String {
    fn from(name: RoomName) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

members! {
    PeerId: |fields, name| fields.text(name).map(Self::new),
    ResumeToken: |fields, name| fields.text(name).map(Self::new),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_names_follow_the_protocol() {
        for good in ["abc", "team-standup", "7f3", "---", &"a".repeat(64)] {
            assert!(RoomName::parse(good).is_ok(), "{good}");
        }
        assert_eq!(RoomName::parse("ab"), Err(RoomNameError::Length));
        assert_eq!(RoomName::parse(&"a".repeat(65)), Err(RoomNameError::Length));
        for bad in ["Team", "a b", "abc/", "über", "a_b", "abc\n"] {
            assert_eq!(RoomName::parse(bad), Err(RoomNameError::Character), "{bad}");
        }
    }

    #[test]
    fn a_resume_token_never_shows_in_debug_output() {
        assert!(!format!("{:?}", ResumeToken::new("secret")).contains("secret"));
    }
}
