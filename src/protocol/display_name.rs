//! What a person is called.
//!
//! Invariant: a [`DisplayName`] has something to be seen, and nothing in it that cannot be: two names that differ do not
//! differ by that alone, and no name hides the rest of what stands beside it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fields::{WrongField, members};
use super::limits::DISPLAY_NAME_CHARACTERS;

/// A letter carries at most so many combining marks: more of them cover the lines above and below.
const MOST_MARKS: usize = 2;

/// The variation selector that asks for a picture instead of a sign.
const PICTURE_SELECTOR: char = '\u{fe0f}';

/// It makes one picture of two, as of a person and what they do.
const JOINER: char = '\u{200d}';

/// It keeps two letters apart that would be joined in writing.
const NON_JOINER: char = '\u{200c}';

/// What a person is called in the call: 1–64 characters that can be seen, none of which can disguise the rest.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DisplayName(Arc<str>);

/// Why a text is not a display name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing that can be seen is in it.
    #[error("a name needs at least one character that can be seen")]
    Empty,
    /// More than 64 characters are left of it.
    #[error("a name has at most 64 characters")]
    TooLong,
}

impl DisplayName {
    /// Trims, makes one space of every white space, and drops what cannot be seen or could disguise one name as another.
    ///
    /// # Errors
    /// [`NameError`] when nothing or too much is left.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let shown = visible(text);
        match shown.chars().count() {
            0 => Err(NameError::Empty),
            count if count > DISPLAY_NAME_CHARACTERS => Err(NameError::TooLong),
            _ => Ok(Self(shown.into())),
        }
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name with a number behind it, and as much of its end cut off as the number needs.
    pub(crate) fn numbered(&self, number: u32) -> Self {
        let number = number.to_string();
        let most = DISPLAY_NAME_CHARACTERS.saturating_sub(number.len() + 1);
        let name: String = self.0.chars().take(most).collect();
        Self([name.trim_end(), " ", &number].concat().into())
    }
}

/// What can be seen of a text that is to be a name.
fn visible(text: &str) -> String {
    let mut shown = String::new();
    // A mark needs a letter to stand on.
    let mut marks = MOST_MARKS;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let before = shown.chars().next_back();
        match character {
            PICTURE_SELECTOR | JOINER | NON_JOINER => {
                if has_a_use(before, character, characters.peek().copied()) {
                    shown.push(character);
                }
            }
            _ if is_invisible(character) => {}
            _ if character.is_whitespace() => {
                if before.is_some_and(|before| before != ' ') {
                    shown.push(' ');
                }
                marks = MOST_MARKS;
            }
            _ if is_mark(character) => {
                if marks < MOST_MARKS {
                    marks += 1;
                    shown.push(character);
                }
            }
            _ => {
                marks = 0;
                shown.push(character);
            }
        }
    }
    shown.truncate(shown.trim_end().len());
    shown
}

/// Whether an invisible character changes how its neighbours look.
fn has_a_use(before: Option<char>, character: char, next: Option<char>) -> bool {
    let (Some(before), next) = (before, next.unwrap_or(' ')) else {
        return false;
    };
    match character {
        PICTURE_SELECTOR => is_picture(before),
        JOINER => (is_picture(before) || before == PICTURE_SELECTOR) && is_picture(next),
        _ => is_arabic(before) && is_arabic(next),
    }
}

/// Signs and pictures: arrows, symbols and the emoji.
fn is_picture(character: char) -> bool {
    matches!(character, '\u{2190}'..='\u{27ff}' | '\u{2900}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// The letters of the Arabic script, which are joined in writing.
fn is_arabic(character: char) -> bool {
    matches!(character, '\u{620}'..='\u{64a}' | '\u{671}'..='\u{6d3}')
}

/// What nobody sees, or sees as nothing: controls, directions, fillers, blanks, selectors, tags and annotations.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Marks that stand above, below or around the character before them, of the scripts in which they can be heaped up.
pub(crate) fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'
        | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}'
        | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eb1}' | '\u{eb4}'..='\u{ebc}'
        | '\u{ec8}'..='\u{ece}' | '\u{f71}'..='\u{f84}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}' | '\u{fe20}'..='\u{fe2f}')
}

impl TryFrom<String> for DisplayName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<DisplayName> for String {
    fn from(name: DisplayName) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

members! {
    DisplayName: |fields, name| Self::parse(fields.text(name)?).map_err(|_| WrongField(name)),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        DisplayName::parse(text).unwrap().to_string()
    }

    #[test]
    fn display_names_are_trimmed_and_counted_in_characters() {
        assert_eq!(DisplayName::parse("  Ada  ").unwrap().as_str(), "Ada");
        assert_eq!(DisplayName::parse(" \t "), Err(NameError::Empty));
        assert!(DisplayName::parse(&"é".repeat(64)).is_ok());
        assert_eq!(DisplayName::parse(&"é".repeat(65)), Err(NameError::TooLong));
    }

    #[test]
    fn display_names_cannot_disguise_themselves() {
        assert_eq!(
            DisplayName::parse("A\u{202e}da\u{0007}").unwrap().as_str(),
            "Ada"
        );
        assert_eq!(
            DisplayName::parse("\u{200b}\u{2066}"),
            Err(NameError::Empty)
        );
    }

    /// Everything of which nothing is seen: each by itself makes no name, and another one makes no other name.
    #[test]
    fn what_cannot_be_seen_makes_no_name_and_no_other_name() {
        for blank in [
            "\u{200b}",
            "\u{200c}",
            "\u{200d}",
            "\u{2060}",
            "\u{feff}",
            "\u{ad}",
            "\u{34f}",
            "\u{115f}",
            "\u{1160}",
            "\u{3164}",
            "\u{ffa0}",
            "\u{2800}",
            "\u{180e}",
            "\u{fe0f}",
            "\u{fe00}",
            "\u{e0041}",
            "\u{e007f}",
            "\u{e0100}",
            "\u{17b4}",
            "\u{206a}",
            "\u{fffc}",
            "\u{a0}",
            "\u{2003}",
            "\u{3000}",
            "\u{301}",
            "\u{20dd}",
            "\u{1d173}",
        ] {
            assert_eq!(
                DisplayName::parse(blank),
                Err(NameError::Empty),
                "{blank:?}"
            );
            assert_eq!(DisplayName::parse(&blank.repeat(70)), Err(NameError::Empty));
        }
        for invisible in [
            "\u{200b}",
            "\u{200c}",
            "\u{200d}",
            "\u{ad}",
            "\u{34f}",
            "\u{3164}",
            "\u{e0041}",
            "\u{fe0f}",
        ] {
            for disguised in [
                ["Ada", invisible].concat(),
                [invisible, "Ada"].concat(),
                ["A", invisible, "da"].concat(),
            ] {
                assert_eq!(shown(&disguised), "Ada", "{disguised:?}");
            }
        }
    }

    #[test]
    fn white_space_is_one_space() {
        assert_eq!(shown("Ada\u{a0}\u{2003}\u{3000} Lovelace"), "Ada Lovelace");
    }

    #[test]
    fn what_joins_or_colours_a_picture_stays_and_only_there() {
        for kept in [
            "👩\u{200d}🚀",
            "❤\u{fe0f}",
            "🏳\u{fe0f}\u{200d}🌈",
            "👍🏽",
            "می\u{200c}خواهم",
        ] {
            assert_eq!(shown(kept), kept);
        }
        assert_eq!(shown("👩\u{200d}\u{200d}🚀"), "👩\u{200d}🚀");
        assert_eq!(shown("❤\u{fe0f}\u{fe0f}"), "❤\u{fe0f}");
        assert_eq!(shown("👩\u{200d}Ada"), "👩Ada");
    }

    #[test]
    fn a_letter_carries_two_marks_and_a_mark_needs_a_letter() {
        assert_eq!(shown("Zoe\u{308}"), "Zoe\u{308}");
        assert_eq!(
            shown(&["Z", &"\u{301}\u{30c}".repeat(20), "oe"].concat()),
            "Z\u{301}\u{30c}oe"
        );
        assert_eq!(
            shown(&["ส", &"\u{e47}".repeat(30)].concat()),
            "ส\u{e47}\u{e47}"
        );
        assert_eq!(shown("\u{301}Ada \u{301}B"), "Ada B");
    }

    #[test]
    fn a_number_takes_the_place_of_what_there_is_no_room_for() {
        assert_eq!(
            DisplayName::parse("Ada").unwrap().numbered(2).as_str(),
            "Ada 2"
        );
        let long = DisplayName::parse(&"é".repeat(64)).unwrap().numbered(12);
        assert_eq!(long.as_str(), ["é".repeat(61).as_str(), " 12"].concat());
    }

    proptest! {
        #[test]
        fn what_is_a_name_stays_the_same_name(text in any::<String>(), odd in "[a\u{200d}\u{fe0f}\u{2764}\u{301} \u{1f469}]{0,12}") {
            for text in [text, odd] {
                if let Ok(name) = DisplayName::parse(&text) {
                    prop_assert_eq!(DisplayName::parse(name.as_str()), Ok(name.clone()));
                    prop_assert!(!name.as_str().chars().any(is_invisible_but_for_pictures));
                }
            }
        }
    }

    fn is_invisible_but_for_pictures(character: char) -> bool {
        is_invisible(character) && character != PICTURE_SELECTOR
    }
}
