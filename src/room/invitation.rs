//! What somebody types or pastes to get into a room: a link, or a name.

use percent_encoding::percent_decode_str;

use crate::protocol::{RoomName, RoomNameError};

/// A text leads to no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationError {
    /// Nothing was typed.
    Empty,
    /// The text is a link, but not one of a room.
    NotARoom,
    /// The text cannot be a room's name.
    Name(RoomNameError),
}

/// Reads a room out of a link (`https://host/r/name`, with or without scheme, query and fragment) or of a name. A name
/// may be typed with capitals and spaces: `Team Standup` is `team-standup`.
///
/// # Errors
/// [`InvitationError`]; the words for the person who typed it are the ui's.
pub fn parse_invitation(text: &str) -> Result<RoomName, InvitationError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvitationError::Empty);
    }
    if text.contains('/') {
        let (_, after) = text.split_once("/r/").ok_or(InvitationError::NotARoom)?;
        let name = after.split(['/', '?', '#']).next().unwrap_or_default();
        let name = percent_decode_str(name).decode_utf8_lossy();
        return RoomName::parse(&name).map_err(|_| InvitationError::NotARoom);
    }
    let name: String = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join("-")
        .to_ascii_lowercase();
    RoomName::parse(&name).map_err(InvitationError::Name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_names_lead_to_the_same_room() {
        for text in [
            "team-standup",
            " Team Standup ",
            "https://meet.example/r/team-standup",
            "meet.example/r/team-standup?x=1#secret",
            "http://127.0.0.1:3000/r/team-standup/",
            "/r/team-standup",
            "https://meet.example/r/%74eam-standup",
        ] {
            assert_eq!(
                parse_invitation(text).map(|room| room.to_string()),
                Ok("team-standup".to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_leads_nowhere_says_why() {
        assert_eq!(parse_invitation("  "), Err(InvitationError::Empty));
        assert_eq!(
            parse_invitation("https://meet.example/about"),
            Err(InvitationError::NotARoom)
        );
        assert_eq!(
            parse_invitation("https://meet.example/r/A!"),
            Err(InvitationError::NotARoom)
        );
        assert_eq!(
            parse_invitation("ab"),
            Err(InvitationError::Name(RoomNameError::Length))
        );
        assert_eq!(
            parse_invitation("café"),
            Err(InvitationError::Name(RoomNameError::Character))
        );
    }
}
