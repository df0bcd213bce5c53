//! The text of a message: what it may contain, and whether it is nothing but emoji.
//!
//! Invariant: a [`MessageText`] is not empty, has at most [`MESSAGE_CHARACTERS`] characters, and none of them is a
//! control character (but line break and tab) or a bidirectional override, embedding or isolate (Unicode UAX #9).

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::protocol::fields::{WrongField, members};
use crate::room::messaging_error::MessageError;

/// One message has at most so many characters.
pub const MESSAGE_CHARACTERS: usize = 10_000;

/// A message with more characters than this is long.
const LONG_CHARACTERS: usize = 1_000;

/// A message with more lines than this is long.
const LONG_LINES: usize = 20;

/// The beginning of a message has at most so many characters.
const BEGINNING_CHARACTERS: usize = 80;

/// A message that is shown large has at most so many emoji.
const LARGE_EMOJI: usize = 6;

/// What somebody says. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "String")]
pub struct MessageText(Arc<str>);

members! {
    MessageText: |fields, name| Self::parse(fields.text(name)?).map_err(|_| WrongField(name)),
}

impl MessageText {
    /// Cleans and trims a text.
    ///
    /// # Errors
    /// [`MessageError::Empty`] or [`MessageError::TooLong`] when nothing or too much is left.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        let clean = sanitize(text);
        let shown = clean.trim();
        match shown.chars().count() {
            0 => Err(MessageError::Empty),
            characters if characters > MESSAGE_CHARACTERS => {
                Err(MessageError::TooLong { characters })
            }
            _ => Ok(Self(shown.into())),
        }
    }

    /// The text as it is shown: always as text, never as markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it takes so much room that it is folded until somebody wants to read all of it.
    pub fn is_long(&self) -> bool {
        self.0.chars().nth(LONG_CHARACTERS).is_some() || self.0.lines().nth(LONG_LINES).is_some()
    }

    /// Its first words in one line: at most 80 characters, and `…` behind them where more follows.
    pub fn beginning(&self) -> String {
        let mut beginning = String::new();
        let mut left = BEGINNING_CHARACTERS;
        for word in self.0.split_whitespace() {
            let gap = usize::from(!beginning.is_empty());
            let characters = word.chars().take(left + 1).count() + gap;
            if characters > left {
                // Half a word is better than none.
                if gap == 0 {
                    beginning.extend(word.chars().take(left));
                }
                beginning.push('…');
                break;
            }
            if gap > 0 {
                beginning.push(' ');
            }
            beginning.push_str(word);
            left -= characters;
        }
        beginning
    }

    /// Whether it is one to six emoji and nothing else, to be shown large.
    pub fn is_only_emoji(&self) -> bool {
        matches!(count_emoji(&self.0), Some(1..=LARGE_EMOJI))
    }
}

impl From<MessageText> for String {
    fn from(text: MessageText) -> Self {
        text.0.as_ref().to_owned()
    }
}

impl fmt::Display for MessageText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Makes every line break a `\n` and drops what could disguise the rest of the text.
pub fn sanitize(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            '\n' | '\t' => clean.push(character),
            other if other.is_control() || is_disguise(other) => {}
            other => clean.push(other),
        }
    }
    clean
}

/// Bidirectional embeddings, overrides and isolates, the byte order mark and interlinear annotations. The plain marks
/// (U+200E, U+200F) and the joiners stay: scripts and emoji need them.
fn is_disguise(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// How many emoji a text consists of; `None` when there is anything else but white space in it.
pub(in crate::room) fn count_emoji(text: &str) -> Option<usize> {
    let mut count = 0;
    let mut characters = text.chars().filter(|c| !c.is_whitespace()).peekable();
    while let Some(character) = characters.next() {
        match character {
            '0'..='9' | '#' | '*' => {
                characters.next_if_eq(&'\u{fe0f}');
                characters.next_if_eq(&'\u{20e3}')?;
            }
            '\u{1f1e6}'..='\u{1f1ff}' => {
                characters.next_if(|next| matches!(next, '\u{1f1e6}'..='\u{1f1ff}'))?;
            }
            other if is_pictograph(other) => {
                while let Some(next) = characters.next_if(|next| is_extension(*next)) {
                    if next == '\u{200d}' {
                        characters.next_if(|joined| is_pictograph(*joined))?;
                    }
                }
            }
            // These are letters and signs unless the emoji variant is asked for.
            '\u{a9}'
            | '\u{ae}'
            | '\u{203c}'
            | '\u{2049}'
            | '\u{2122}'
            | '\u{2139}'
            | '\u{2190}'..='\u{21ff}'
            | '\u{25a0}'..='\u{25ff}'
            | '\u{3030}'
            | '\u{303d}'
            | '\u{3297}'
            | '\u{3299}' => {
                characters.next_if_eq(&'\u{fe0f}')?;
            }
            _ => return None,
        }
        count += 1;
    }
    Some(count)
}

/// Characters of the emoji blocks that stand on their own.
fn is_pictograph(character: char) -> bool {
    matches!(character, '\u{231a}' | '\u{231b}' | '\u{2328}' | '\u{23cf}' | '\u{23e9}'..='\u{23fa}'
        | '\u{2600}'..='\u{27bf}' | '\u{2934}' | '\u{2935}' | '\u{2b05}'..='\u{2b07}' | '\u{2b1b}' | '\u{2b1c}'
        | '\u{2b50}' | '\u{2b55}' | '\u{1f004}' | '\u{1f0cf}' | '\u{1f170}'..='\u{1f19a}'
        | '\u{1f201}'..='\u{1f251}' | '\u{1f300}'..='\u{1faff}')
}

/// What extends the emoji before it: variants, skin tones, tags and the joiner.
fn is_extension(character: char) -> bool {
    matches!(character, '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_keeps_its_lines_and_loses_what_disguises() {
        let table = [
            ("a\r\nb\rc\u{2028}d\te", "a\nb\nc\nd\te"),
            ("\u{202e}gpj.exe\u{202c}", "gpj.exe"),
            ("\u{2066}a\u{2069}\u{0}\u{7}\u{1b}[31m", "a[31m"),
            (
                "<b>bold</b> & \u{5d0}\u{200f}!",
                "<b>bold</b> & \u{5d0}\u{200f}!",
            ),
            ("👩\u{200d}🚀", "👩\u{200d}🚀"),
        ];
        for (raw, clean) in table {
            assert_eq!(sanitize(raw), clean, "{raw:?}");
        }
    }

    #[test]
    fn ten_thousand_characters_pass_and_one_more_is_told() {
        assert!(MessageText::parse(&"é".repeat(MESSAGE_CHARACTERS)).is_ok());
        let error = MessageText::parse(&"é".repeat(MESSAGE_CHARACTERS + 1)).unwrap_err();
        assert_eq!(error, MessageError::TooLong { characters: 10_001 });
        for nothing in ["", " \n\t ", "\u{202e}\u{0}"] {
            assert_eq!(MessageText::parse(nothing), Err(MessageError::Empty));
        }
    }

    #[test]
    fn a_long_text_is_told_from_a_short_one() {
        for (text, long) in [
            ("é".repeat(LONG_CHARACTERS), false),
            ("é".repeat(LONG_CHARACTERS + 1), true),
            ("a\n".repeat(LONG_LINES), false),
            ("a\n".repeat(LONG_LINES + 1), true),
        ] {
            assert_eq!(MessageText::parse(&text).unwrap().is_long(), long);
        }
    }

    #[test]
    fn the_beginning_is_one_line_of_whole_words() {
        let beginning = |text: &str| MessageText::parse(text).unwrap().beginning();
        assert_eq!(beginning("Hello 👋\n  second line"), "Hello 👋 second line");
        let exact = "a".repeat(BEGINNING_CHARACTERS);
        assert_eq!(beginning(&exact), exact);
        assert_eq!(beginning(&(exact.clone() + "a")), exact.clone() + "…");
        assert_eq!(beginning(&(exact.clone() + " b")), exact + "…");
        let words = "four ".repeat(30);
        assert_eq!(
            beginning(&words),
            "four ".repeat(16).trim_end().to_owned() + "…"
        );
    }

    #[test]
    fn emoji_alone_are_told_from_text() {
        for emoji in [
            "👍",
            "👍🏽",
            "❤️",
            "👩‍🚀 👨‍👩‍👧",
            "🇩🇪",
            "1️⃣",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "😀😀😀😀😀😀",
            "©️",
        ] {
            assert!(
                MessageText::parse(emoji).unwrap().is_only_emoji(),
                "{emoji}"
            );
        }
        for text in ["a", "1", "👍!", "→", "©", "😀😀😀😀😀😀😀", "hi 👋", "#"]
        {
            assert!(!MessageText::parse(text).unwrap().is_only_emoji(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_disguises_itself_and_cleaning_twice_changes_nothing(raw in any::<String>()) {
            let clean = sanitize(&raw);
            prop_assert!(clean.chars().all(|c| c == '\n' || c == '\t' || !(c.is_control() || is_disguise(c))));
            prop_assert_eq!(sanitize(&clean), clean.clone());
            let _ = count_emoji(&clean);
        }
    }
}
