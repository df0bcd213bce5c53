//! What a device says to people: one line each, without a name in front.

use std::fmt::Display;
use std::path::Path;

use crate::room::{DepartureCause, JoinProblem, MessageError, MessagingError};

/// The device left as it was told.
pub(crate) const LEFT: &str = "left the room";

/// The process was told to end.
pub(crate) const INTERRUPTED: &str = "told to end";

/// Both want what only one can have.
pub(crate) const INPUT_TWICE: &str =
    "standard input can be only one of lines (--stdio), pictures (--video -) and sound (--audio -)";

/// Too many messages wait for an acknowledgement.
pub(crate) const TOO_MANY_WAIT: &str = "too many messages wait for an acknowledgement";

/// The disk is too slow for what arrives.
pub(crate) const DISK_TOO_SLOW: &str =
    "the disk does not keep up with what is saved; some of it is lost";

/// The disk takes nothing more.
pub(crate) const NOT_SAVED_ANY_MORE: &str =
    "the disk takes nothing more; what others send is not saved from here on";

/// The machine gives no socket for a connection to somebody.
pub(crate) fn no_socket(error: &std::io::Error) -> String {
    format!(
        "this machine gives no socket for a connection, so somebody may not be reached: {error}"
    )
}

/// The server is not there, and nothing says why.
pub(crate) const NO_ANSWER: &str = "no answer";

/// The server is not there.
pub(crate) fn unreachable(reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("the server cannot be reached: {reason}"),
        None => "the server cannot be reached".to_owned(),
    }
}

/// A file cannot be used.
pub(crate) fn unusable_file(path: &Path, reason: impl Display) -> String {
    format!("{}: {reason}", path.display())
}

/// Media cannot be played.
pub(crate) fn unusable_media(name: &str, reason: impl Display) -> String {
    format!("{name} cannot be played: {reason}")
}

/// Nothing can be saved there.
pub(crate) fn not_saved(folder: &Path, reason: impl Display) -> String {
    format!("nothing can be saved in {}: {reason}", folder.display())
}

/// Why joining did not work; `None` when the server was not there.
pub(crate) fn join_problem(problem: &JoinProblem) -> Option<String> {
    match problem {
        JoinProblem::Unreachable => None,
        JoinProblem::NotLetIn => Some("the server does not let this device in".to_owned()),
        JoinProblem::TooLargeForDirect(_) => Some(
            "this call goes through the server, and is too large to take part in directly"
                .to_owned(),
        ),
        JoinProblem::Refused(_, words) => Some(words.clone()),
    }
}

/// Why the visit is over; `None` when the server stayed away, or the device left.
pub(crate) fn departure(cause: &DepartureCause) -> Option<String> {
    match cause {
        DepartureCause::Left | DepartureCause::ServerGone => None,
        DepartureCause::Removed => Some("removed from the room".to_owned()),
        DepartureCause::ContinuedElsewhere => {
            Some("another program has taken the seat over with the same state file".to_owned())
        }
        DepartureCause::NotLetIn => Some("the server does not have this device back".to_owned()),
        DepartureCause::Refused(_, words) => Some(words.clone()),
    }
}

/// Why something was not sent: a code for programs, and words.
pub(crate) fn not_sent(error: MessagingError) -> (&'static str, String) {
    match error {
        MessagingError::Message(MessageError::Empty) => (
            "chat-empty",
            "there is nothing to see in the text".to_owned(),
        ),
        MessagingError::Message(MessageError::TooLong { characters }) => (
            "chat-too-long",
            format!("a message has at most 10,000 characters; this one has {characters}"),
        ),
        MessagingError::Message(MessageError::NobodyThere) => (
            "chat-nobody-there",
            "the person is not in the room".to_owned(),
        ),
        MessagingError::Offer(_) | MessagingError::Reaction(_) => {
            ("not-sent", "it was not sent".to_owned())
        }
    }
}

/// Somebody broke the rules of a channel.
pub(crate) fn cut_off(name: &str) -> String {
    format!("{name} broke the rules of a channel and can send nothing more on it")
}
