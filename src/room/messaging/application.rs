//! Messages of applications: bots, games, telemetry. Visavis carries them and does not look inside.

use std::fmt;

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use crate::protocol::PeerId;
use crate::protocol::fields::{WrongField, members};
use crate::protocol::message::message;
use crate::room::channel::{Channel, Reliability};
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::recipients::Recipients;

/// An application message on the `chat` channel has at most so many bytes, counted over the whole frame. On the `live`
/// channel it is the largest frame there.
pub const RELIABLE_APPLICATION_BYTES: usize = 32 * 1024;

/// A topic has at most so many characters.
pub const TOPIC_CHARACTERS: usize = 64;

/// Names what a message is about, for example `poker/bet`: 1–64 of `a-z 0-9 . / -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Topic(String);

impl Topic {
    /// Accepts what follows the rule.
    ///
    /// # Errors
    /// [`ApplicationError::Topic`] for anything else.
    pub fn parse(topic: &str) -> Result<Self, ApplicationError> {
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"./-".contains(&byte);
        if (1..=TOPIC_CHARACTERS).contains(&topic.len()) && topic.bytes().all(allowed) {
            Ok(Self(topic.to_owned()))
        } else {
            Err(ApplicationError::Topic)
        }
    }

    /// The topic as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        topic.0
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

members! {
    Topic: |fields, name| Self::parse(fields.text(name)?).map_err(|_| WrongField(name)),
}

message! {
    /// An application says this.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ApplicationMessage {
        /// The message is about this.
        pub topic: Topic = "topic",
        /// The content is any JSON value.
        pub data: Value = "data",
        /// The sender waits for a message of the topic `<topic>/ack` that repeats this number. Visavis does not.
        pub ack: Option<u32> = "ack" [default, skip_serializing_if = "Option::is_none"],
    }
}

impl ApplicationMessage {
    /// Checks the size of the frame it travels in.
    ///
    /// # Errors
    /// [`ApplicationError::TooLarge`].
    pub(in crate::room) fn check_size(
        frame: &Frame,
        reliability: Reliability,
    ) -> Result<(), ApplicationError> {
        let limit = match reliability {
            Reliability::ReliableOrdered => RELIABLE_APPLICATION_BYTES,
            Reliability::UnreliableUnordered => Channel::Live.largest_text(),
        };
        let size = frame.size();
        if size > limit {
            return Err(ApplicationError::TooLarge { size, limit });
        }
        Ok(())
    }
}

/// An application message that a program in this page wants sent.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplicationRequest {
    /// The message as it is to arrive.
    pub message: ApplicationMessage,
    /// Programs in the pages of these people get it.
    pub to: Recipients,
    /// It goes on the `chat` channel, or on the `live` channel, where messages may get lost or overtaken.
    pub reliability: Reliability,
}

/// An application message that arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceivedApplicationMessage {
    /// This person sent it.
    pub from: PeerId,
    /// It came reliably on the `chat` channel, or on the `live` channel, where messages may get lost or overtaken.
    pub reliability: Reliability,
    /// The person's application says this.
    pub message: ApplicationMessage,
}

/// An application message is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ApplicationError {
    /// The topic breaks its rule.
    #[error("a topic has 1 to 64 of the characters a-z 0-9 . / -")]
    Topic,
    /// The message is larger than its channel allows.
    #[error("an application message has at most {limit} bytes here; this one has {size}")]
    TooLarge {
        /// The message has so many bytes.
        size: usize,
        /// The channel takes so many bytes.
        limit: usize,
    },
    /// The program sends more than 20 a second.
    #[error("too many application messages; try again in a moment")]
    TooFast,
    /// The person is not in the room, or cannot be reached at the moment.
    #[error("nobody to send it to at the moment")]
    NobodyThere,
    /// The participant is in no call.
    #[error("there is no call yet")]
    NoCall,
}

impl ApplicationError {
    /// A stable code for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Topic => "application-topic",
            Self::TooLarge { .. } => "application-too-large",
            Self::TooFast => "application-too-fast",
            Self::NobodyThere => "application-nobody-there",
            Self::NoCall => "application-no-call",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_follow_their_rule() {
        for good in ["a", "poker/bet", "v1.telemetry-2", &"a".repeat(64)] {
            assert!(Topic::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "A", "a b", "ü", &"a".repeat(65)] {
            assert_eq!(Topic::parse(bad), Err(ApplicationError::Topic), "{bad}");
        }
    }
}
