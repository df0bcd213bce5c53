//! What is said about names of rooms.

use std::borrow::Cow;

use crate::protocol::{RoomName, RoomNameError};
use crate::room::InvitationError;

/// What a room may be called, told to somebody who tried another name.
pub fn room_name_rule(error: RoomNameError) -> &'static str {
    match error {
        RoomNameError::Length => {
            "A room name has 3 to 64 characters: letters from a to z, digits and hyphens."
        }
        RoomNameError::Character => {
            "A room name has only small letters from a to z, digits and hyphens, 3 to 64 of them."
        }
    }
}

/// The valid name nearest to what was typed, if there is one.
pub fn corrected_room_name(typed: &str) -> Option<String> {
    let mut corrected = String::with_capacity(typed.len());
    for character in typed.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => corrected.push(character.to_ascii_lowercase()),
            'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' | 'À'..='Å' => corrected.push('a'),
            'è'..='ë' | 'È'..='Ë' => corrected.push('e'),
            'ì'..='ï' | 'Ì'..='Ï' => corrected.push('i'),
            'ò'..='ö' | 'ø' | 'Ò'..='Ö' | 'Ø' => corrected.push('o'),
            'ù'..='ü' | 'Ù'..='Ü' => corrected.push('u'),
            'ç' | 'Ç' => corrected.push('c'),
            'ñ' | 'Ñ' => corrected.push('n'),
            'ß' | 'ẞ' => corrected.push_str("ss"),
            _ if corrected.ends_with('-') || corrected.is_empty() => {}
            _ => corrected.push('-'),
        }
    }
    let shortened: String = corrected.chars().take(64).collect();
    let shortened = shortened.trim_end_matches('-');
    (shortened != typed)
        .then(|| RoomName::parse(shortened).ok())
        .flatten()
        .map(|room| room.to_string())
}

/// Why what was typed leads to no room.
pub fn invitation_problem(error: InvitationError) -> Cow<'static, str> {
    match error {
        InvitationError::Name(error) => room_name_rule(error).into(),
        InvitationError::Empty => "Type a room's name, or paste its link.".into(),
        InvitationError::NotARoom => "This link does not lead to a room.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_room_name_is_corrected_when_something_is_left_of_it() {
        for (typed, corrected) in [
            ("Team Standup", Some("team-standup")),
            ("Café_Zürich!", Some("cafe-zurich")),
            ("--a--b--c", Some("a-b-c")),
            ("ab", None),
            ("???", None),
        ] {
            assert_eq!(corrected_room_name(typed).as_deref(), corrected, "{typed}");
        }
        assert_eq!(
            corrected_room_name(&"a".repeat(80)).map(|name| name.len()),
            Some(64)
        );
    }
}
