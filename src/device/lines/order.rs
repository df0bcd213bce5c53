//! What a program asks of its device, read from one line.
//!
//! Invariant: an [`Order`] has been checked as far as a line alone can tell.

use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

use super::acknowledgements::acknowledgement_topic;
use super::announcement::{Announcement, AnnouncementError};
use crate::protocol::PeerId;
use crate::protocol::fields::{Fields, WrongField};
use crate::room::messaging::application::{ApplicationError, Topic};
use crate::room::messaging::channel::Reliability;

/// A line has at most so many bytes, its end not counted.
pub(crate) const LINE_BYTES: usize = 64 * 1024;

/// One line names at most so many people: a message counts once for each, and no more go at once.
pub(crate) const MOST_RECIPIENTS: usize = 40;

/// An acknowledgement is waited for no longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// One line of a program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Order {
    /// An application message is to be sent.
    Send(Sending),
    /// Something is to be said in the chat.
    Say {
        /// The text is as it was written.
        text: String,
        /// These people are to read it; everyone when there are none.
        to: Vec<PeerId>,
    },
    /// These controls are announced from now on.
    Announce(Announcement),
    /// The device leaves.
    Leave,
}

/// An application message as a program wants it sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sending {
    /// It is about this.
    pub(crate) topic: Topic,
    /// It says this.
    pub(crate) data: Value,
    /// These people are to have it; everyone when there are none.
    pub(crate) to: Vec<PeerId>,
    /// It goes on the reliable channel or on the fast one.
    pub(crate) reliability: Reliability,
    /// It is to be acknowledged within this time; `None` when nobody waits for that.
    pub(crate) acknowledged_within: Option<Duration>,
}

/// Why a line is no order.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum OrderError {
    /// It is no JSON.
    #[error("the line is no JSON: {0}")]
    NoJson(String),
    /// It is longer than a line may be.
    #[error("a line has at most {LINE_BYTES} bytes")]
    TooLong,
    /// It asks for nothing that is known.
    #[error("the line has none of `topic`, `chat`, `announce`, `leave`")]
    Unknown,
    /// A member is missing or of another kind.
    #[error("{0}")]
    Field(#[from] WrongField),
    /// The topic breaks its rule.
    #[error("{0}")]
    Topic(ApplicationError),
    /// The topic leaves no room for that of the acknowledgement.
    #[error("the topic of a message that is acknowledged has at most 60 characters")]
    TopicTooLong,
    /// More people are named than one line may name.
    #[error("a line names at most {MOST_RECIPIENTS} people")]
    TooManyRecipients,
    /// What is to be acknowledged may get lost.
    #[error("only reliable messages are acknowledged")]
    UnreliableAcknowledgement,
    /// Nobody waits so long for an acknowledgement, or not at all.
    #[error("`ack` is a number of milliseconds from 1 to 600000")]
    Wait,
    /// The controls cannot be announced.
    #[error("{0}")]
    Announcement(#[from] AnnouncementError),
}

impl OrderError {
    /// A stable code for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NoJson(_) => "line-no-json",
            Self::TooLong => "line-too-long",
            Self::Topic(error) => error.code(),
            Self::TopicTooLong => "application-topic",
            _ => "line-malformed",
        }
    }
}

impl Order {
    /// Reads a line.
    ///
    /// # Errors
    /// [`OrderError`], with words for the program's author.
    pub(crate) fn parse(line: &str) -> Result<Self, OrderError> {
        if line.len() > LINE_BYTES {
            return Err(OrderError::TooLong);
        }
        let value: Value =
            serde_json::from_str(line).map_err(|error| OrderError::NoJson(error.to_string()))?;
        let fields = Fields::of(&value)?;
        if fields.value("topic").is_some() {
            return Sending::read(fields).map(Self::Send);
        }
        if fields.value("chat").is_some() {
            return Ok(Self::Say {
                text: fields.string("chat")?,
                to: recipients(fields)?,
            });
        }
        if let Some(controls) = fields.value("announce") {
            return Ok(Self::Announce(Announcement::read(controls)?));
        }
        match fields.maybe_flag("leave")? {
            Some(true) => Ok(Self::Leave),
            _ => Err(OrderError::Unknown),
        }
    }
}

impl Sending {
    fn read(fields: Fields<'_>) -> Result<Self, OrderError> {
        let topic = Topic::parse(fields.text("topic")?).map_err(OrderError::Topic)?;
        let reliability = match fields.maybe_flag("reliable")? {
            Some(false) => Reliability::UnreliableUnordered,
            Some(true) | None => Reliability::ReliableOrdered,
        };
        let acknowledged_within = match fields.maybe_integer("ack")? {
            None => None,
            Some(_) if reliability == Reliability::UnreliableUnordered => {
                return Err(OrderError::UnreliableAcknowledgement);
            }
            Some(ms) => {
                let wait = Duration::from_millis(ms);
                if wait.is_zero() || wait > LONGEST_WAIT {
                    return Err(OrderError::Wait);
                }
                acknowledgement_topic(&topic).ok_or(OrderError::TopicTooLong)?;
                Some(wait)
            }
        };
        Ok(Self {
            topic,
            data: fields.value("data").cloned().unwrap_or_default(),
            to: recipients(fields)?,
            reliability,
            acknowledged_within,
        })
    }
}

/// The people a line names with `to`: one id, or a list of them.
fn recipients(fields: Fields<'_>) -> Result<Vec<PeerId>, OrderError> {
    let ids: Vec<String> = match fields.value("to") {
        None => return Ok(Vec::new()),
        Some(Value::String(id)) => vec![id.clone()],
        Some(_) => fields.all("to")?,
    };
    if ids.len() > MOST_RECIPIENTS {
        return Err(OrderError::TooManyRecipients);
    }
    if ids.is_empty() {
        return Err(OrderError::Field(WrongField("to")));
    }
    Ok(ids.into_iter().map(PeerId::new).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn sending(line: &str) -> Sending {
        match Order::parse(line) {
            Ok(Order::Send(sending)) => sending,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_message_goes_to_everyone_and_reliably_unless_the_line_says_otherwise() {
        let plain = sending(r#"{"topic":"telemetry/temperature","data":{"celsius":21.5}}"#);
        assert_eq!(plain.topic.as_str(), "telemetry/temperature");
        assert_eq!(plain.data, json!({"celsius": 21.5}));
        assert_eq!((plain.to, plain.acknowledged_within), (vec![], None));
        assert_eq!(plain.reliability, Reliability::ReliableOrdered);
        let fast = sending(r#"{"topic":"a","to":["P1","P2"],"reliable":false}"#);
        assert_eq!(fast.reliability, Reliability::UnreliableUnordered);
        assert_eq!(fast.to, [PeerId::new("P1"), PeerId::new("P2")]);
        assert_eq!(fast.data, Value::Null);
        let one = sending(r#"{"topic":"a","to":"P1","ack":3000}"#);
        assert_eq!(one.to, [PeerId::new("P1")]);
        assert_eq!(one.acknowledged_within, Some(Duration::from_secs(3)));
    }

    #[test]
    fn chat_controls_and_goodbye_are_told_apart() {
        let said = Order::parse(r#"{"chat":"Hello","to":"P1"}"#);
        let to = vec![PeerId::new("P1")];
        let text = "Hello".to_owned();
        assert_eq!(said, Ok(Order::Say { text, to }));
        let announced = r#"{"announce":[{"topic":"control/lamp","label":"Lamp","kind":"switch"}]}"#;
        assert!(matches!(Order::parse(announced), Ok(Order::Announce(_))));
        assert_eq!(Order::parse(r#"{"leave":true}"#), Ok(Order::Leave));
    }

    #[test]
    fn what_is_no_order_is_named() {
        let many = json!({"topic": "a", "to": vec!["P"; MOST_RECIPIENTS + 1]}).to_string();
        let long = json!({"topic": "a".repeat(61), "ack": 1}).to_string();
        let huge = json!({"chat": "x".repeat(LINE_BYTES)}).to_string();
        for (line, code) in [
            ("", "line-no-json"),
            ("hello", "line-no-json"),
            ("{\"topic\":", "line-no-json"),
            ("[]", "line-malformed"),
            ("{}", "line-malformed"),
            (r#"{"leave":false}"#, "line-malformed"),
            (r#"{"leave":1}"#, "line-malformed"),
            (r#"{"topic":"No Spaces"}"#, "application-topic"),
            (r#"{"topic":7}"#, "line-malformed"),
            (r#"{"topic":"a","to":[]}"#, "line-malformed"),
            (r#"{"topic":"a","to":[1]}"#, "line-malformed"),
            (r#"{"topic":"a","ack":0}"#, "line-malformed"),
            (r#"{"topic":"a","ack":600001}"#, "line-malformed"),
            (
                r#"{"topic":"a","ack":1,"reliable":false}"#,
                "line-malformed",
            ),
            (r#"{"announce":{}}"#, "line-malformed"),
            (many.as_str(), "line-malformed"),
            (long.as_str(), "application-topic"),
            (huge.as_str(), "line-too-long"),
        ] {
            let error = Order::parse(line).unwrap_err();
            assert_eq!(error.code(), code, "{}", &line[..line.len().min(60)]);
            assert!(!error.to_string().is_empty());
        }
    }

    proptest! {
        #[test]
        fn no_line_makes_reading_panic(text: String) {
            let _ = Order::parse(&text);
            let _ = Order::parse(&json!({"topic": text, "to": text, "ack": text}).to_string());
        }
    }
}
