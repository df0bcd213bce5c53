//! How a device's visit ended, for people and for the program that started it.

use super::words;

/// A line for people has at most so many characters.
const LONGEST_LINE: usize = 1_000;

/// The visit ended like this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinEnd {
    /// The device left because it was told to, or because its program is done.
    Left,
    /// The process was told to end. With a state file the seat is kept.
    Interrupted,
    /// The arguments, the state file or the media cannot be used.
    Invalid(String),
    /// The server does not have the device, or not any more.
    Refused(String),
    /// The server cannot be reached, or stayed away.
    Unreachable(Option<String>),
    /// This machine does not give what is needed.
    Failed(String),
}

impl JoinEnd {
    /// The program ends with this code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Left | Self::Interrupted => 0,
            Self::Failed(_) => 1,
            Self::Invalid(_) => 2,
            Self::Refused(_) => 3,
            Self::Unreachable(_) => 4,
        }
    }

    /// A stable code for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Interrupted => "interrupted",
            Self::Failed(_) => "failed",
            Self::Invalid(_) => "invalid",
            Self::Refused(_) => "refused",
            Self::Unreachable(_) => "unreachable",
        }
    }

    /// What there is to say of it: one line that does nothing to a terminal, whatever a server put into it.
    pub fn words(&self) -> String {
        match self {
            Self::Left => words::LEFT.to_owned(),
            Self::Interrupted => words::INTERRUPTED.to_owned(),
            Self::Failed(words) | Self::Invalid(words) | Self::Refused(words) => plain(words),
            Self::Unreachable(reason) => plain(&words::unreachable(reason.as_deref())),
        }
    }

    /// Why it ended so, for where it is clear that it did: the same without the words that the server cannot be reached.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Unreachable(reason) => plain(reason.as_deref().unwrap_or(words::NO_ANSWER)),
            other => other.words(),
        }
    }
}

/// The beginning of a text as one line that does nothing to a terminal.
fn plain(text: &str) -> String {
    let harmless = |character: char| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    };
    text.chars().take(LONGEST_LINE).map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_server_are_one_line_and_do_nothing_to_a_terminal() {
        let hostile = format!("full\r\n\u{1b}]0;mine\u{7}\u{9b}2J{}", "x".repeat(100_000));
        for end in [
            JoinEnd::Refused(hostile.clone()),
            JoinEnd::Unreachable(Some(hostile)),
        ] {
            let words = end.words();
            assert!(!words.chars().any(char::is_control));
            assert!(words.contains("full") && words.chars().count() <= LONGEST_LINE);
            let reason = end.reason();
            assert!(reason.starts_with("full") && !reason.chars().any(char::is_control));
        }
    }

    #[test]
    fn a_reason_does_not_say_again_that_the_server_cannot_be_reached() {
        let reason =
            |reason: Option<&str>| JoinEnd::Unreachable(reason.map(str::to_owned)).reason();
        assert_eq!(reason(Some("no way")), "no way");
        assert_eq!(reason(None), words::NO_ANSWER);
        assert_eq!(JoinEnd::Left.reason(), words::LEFT);
    }
}
