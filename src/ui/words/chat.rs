//! What is said in the chat that nobody wrote.

use std::borrow::Cow;

use crate::protocol::DisplayName;
use crate::room::MessageError;
use crate::room::messaging::chat::{Addressed, ChatEntry, Delivery};

const NO_MESSAGES: &str =
    "No messages yet. What is said here goes from browser to browser and is gone with the call.";
const NO_MESSAGES_WITH_SFU: &str = "No messages yet. What is said here is kept in the browsers of those who are here, and is gone with the call.";
pub(crate) const MESSAGES: &str = "Messages";
pub(crate) const EARLIER: &str = "Earlier messages";
pub(crate) const NEWEST: &str = "Newest messages";
pub(crate) const BEFORE_YOU_CAME: &str = ", before you came";
pub(crate) const ONLY_TO_YOU: &str = "Only to you";

/// In place of the messages while there are none. Where calls may go through the server it is not said that chat does not.
pub(crate) const fn no_messages(has_sfu: bool) -> &'static str {
    if has_sfu {
        NO_MESSAGES_WITH_SFU
    } else {
        NO_MESSAGES
    }
}

/// The button that shows a long message whole, or folds it.
pub(crate) const fn fold(folded: bool) -> &'static str {
    if folded { "Show all" } else { "Show less" }
}

/// The button that leads to what was said meanwhile, to somebody who reads what was said earlier.
pub(crate) fn to_newest(missed: usize) -> Cow<'static, str> {
    match missed {
        0 => NEWEST.into(),
        1 => "1 new message".into(),
        missed => (missed.to_string() + " new messages").into(),
    }
}

// The composer.
pub(crate) const MESSAGE: &str = "Message";
pub(crate) const MESSAGE_EVERYONE: &str = "Message everyone";
pub(crate) const EMOJI: &str = "Emoji";
pub(crate) const SEND: &str = "Send";

/// Under the field, when a message goes to one person.
pub(crate) fn private(name: &str) -> String {
    format!("Only {name} will see this.")
}

/// In the empty field, when a message goes to one person.
pub(crate) fn message_to(name: &str) -> String {
    format!("Message {name}")
}

/// Beside an own message that went to one person.
pub(crate) fn only_to(name: &str) -> String {
    format!("Only to {name}")
}

/// Of more people than this it is said how many of them have a message that is on its way.
const MOST_UNCOUNTED: usize = 11;

/// So many whom a message has not reached are named.
const MOST_NAMED: usize = 4;

/// How much what is said of a message's delivery is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeliveryWeight {
    /// It will be something else in a moment, and is not read out.
    Passing,
    /// It is said under the newest message alone.
    Usual,
    /// It is said under each message: it has not reached all.
    Missing,
}

/// Whom an own message has reached.
pub(crate) fn delivery(entry: &ChatEntry) -> Option<(String, DeliveryWeight)> {
    Some(match entry.delivery()? {
        Delivery::Nobody => ("Nobody else was here".to_owned(), DeliveryWeight::Usual),
        Delivery::OnTheWay { reached, of } if of > MOST_UNCOUNTED => (
            format!("{reached} of {of} have it"),
            DeliveryWeight::Passing,
        ),
        Delivery::OnTheWay { .. } => ("Sending…".to_owned(), DeliveryWeight::Passing),
        Delivery::Everyone if entry.addressed == Addressed::Direct => {
            ("Delivered".to_owned(), DeliveryWeight::Usual)
        }
        Delivery::Everyone => ("Delivered to all".to_owned(), DeliveryWeight::Usual),
        Delivery::Missing(names) => (not_delivered(&names), DeliveryWeight::Missing),
    })
}

fn not_delivered(names: &[DisplayName]) -> String {
    let (named, others) = match names.len() {
        ..=MOST_NAMED => (names.len(), 0),
        all => (MOST_NAMED - 1, all - MOST_NAMED + 1),
    };
    let names: Vec<&str> = names.iter().take(named).map(DisplayName::as_str).collect();
    let names = names.join(", ");
    match others {
        0 => format!("Not delivered to {names}"),
        others => format!("Not delivered to {names} and {others} others"),
    }
}

/// Why what was typed is not sent. It stays in the field.
pub(crate) fn message_problem(error: MessageError) -> String {
    match error {
        MessageError::Empty => "Type something first.".to_owned(),
        MessageError::TooLong { characters } => {
            format!("This message has {characters} characters; at most 10,000 can be sent at once.")
        }
        MessageError::NobodyThere => "This person is no longer in the room.".to_owned(),
    }
}

#[cfg(test)]
#[path = "tests/chat.rs"]
mod tests;
