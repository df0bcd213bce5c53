//! What travels on the `chat` channel.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protocol::fields::{Fields, Read, WrongField};
use crate::protocol::{DisplayName, PeerId};
use crate::room::messaging::application::ApplicationMessage;
use crate::room::messaging::channel::{Frame, Violation};
use crate::room::sending::ViewRequest;

use super::text::MessageText;

/// Milliseconds since 1970, UTC, by the clock of whoever says it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct WallTime(pub u64);

/// Names a message among those of its author: 1–64 of `A-Z a-z 0-9 - _`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(String);

impl MessageId {
    /// Accepts what follows the rule; `None` for anything else.
    pub fn parse(id: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        ((1..=64).contains(&id.len()) && id.bytes().all(allowed)).then(|| Self(id.to_owned()))
    }

    /// The id as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MessageId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        Self::parse(&id).ok_or("not a message id")
    }
}

impl From<MessageId> for String {
    fn from(id: MessageId) -> Self {
        id.0
    }
}

/// Makes the ids of one visit: a random beginning, so that a reloaded page does not use an id twice, and a count.
#[derive(Clone, Debug)]
pub(crate) struct MessageIds {
    visit: u64,
    next: u64,
}

impl MessageIds {
    /// `chance` is a random number in `0.0..1.0`.
    pub(crate) fn new(chance: f64) -> Self {
        let scale = (1_u64 << 53) as f64;
        Self {
            visit: (chance.clamp(0.0, 1.0) * scale) as u64,
            next: 0,
        }
    }

    pub(crate) fn next(&mut self) -> MessageId {
        self.next += 1;
        MessageId(format!("{:x}-{}", self.visit, self.next))
    }
}

/// Whether a message is for all or only for who gets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressed {
    /// The sender sends it to everyone.
    #[default]
    Everyone,
    /// The sender sends it to nobody else.
    Direct,
}

/// A frame of the `chat` channel.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ChatFrame {
    /// The sender says something. Repeated until `received` comes.
    Message {
        /// Unique among the sender's messages.
        id: MessageId,
        /// What is said.
        text: MessageText,
        /// When, by the sender's clock.
        sent_at: WallTime,
        /// For whom.
        to: Addressed,
    },
    /// The answer to every `message`, also to a repeated one.
    Received {
        /// The message's id.
        id: MessageId,
    },
    /// A newcomer asks for the conversation so far.
    HistoryRequest,
    /// The answer, in as many frames as it takes: oldest first.
    History {
        /// At most 200.
        entries: Vec<HistoryEntry>,
        /// Whether another frame follows.
        more: bool,
    },
    /// The sender starts or stops recording the call.
    Recording {
        /// Whether it records from now on.
        on: bool,
    },
    /// The sender says how large it shows the receiver.
    Viewing(ViewRequest),
    /// A message of an application.
    App(ApplicationMessage),
    /// A type of a newer version.
    Unknown,
}

/// A message as somebody else passes it on. Only messages to everyone are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// The message's id.
    pub id: MessageId,
    /// Who said it.
    pub author: PeerId,
    /// What they are called; they may have left.
    pub name: DisplayName,
    /// What they said.
    pub text: MessageText,
    /// When, by their clock.
    pub sent_at: WallTime,
}

fn id(fields: Fields<'_>) -> Result<MessageId, WrongField> {
    MessageId::parse(fields.text("id")?).ok_or(WrongField("id"))
}

fn text(fields: Fields<'_>) -> Result<MessageText, WrongField> {
    MessageText::parse(fields.text("text")?).map_err(|_| WrongField("text"))
}

impl Read for ChatFrame {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Ok(match fields.text("type")? {
            "message" => Self::Message {
                id: id(fields)?,
                text: text(fields)?,
                sent_at: fields.integer("sentAt").map(WallTime)?,
                to: match fields.maybe_text("to")? {
                    None | Some("everyone") => Addressed::Everyone,
                    Some("direct") => Addressed::Direct,
                    Some(_) => return Err(WrongField("to")),
                },
            },
            "received" => Self::Received { id: id(fields)? },
            "history-request" => Self::HistoryRequest,
            "history" => Self::History {
                entries: fields.all("entries")?,
                more: fields.maybe_flag("more")?.unwrap_or_default(),
            },
            "recording" => Self::Recording {
                on: fields.flag("on")?,
            },
            "viewing" => Self::Viewing(ViewRequest::read(value)?),
            "app" => Self::App(ApplicationMessage::read(value)?),
            _ => Self::Unknown,
        })
    }
}

impl Read for HistoryEntry {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Ok(Self {
            id: id(fields)?,
            author: PeerId::new(fields.text("author")?),
            name: DisplayName::parse(fields.text("name")?).map_err(|_| WrongField("name"))?,
            text: text(fields)?,
            sent_at: fields.integer("sentAt").map(WallTime)?,
        })
    }
}

impl ChatFrame {
    /// Reads a frame.
    ///
    /// # Errors
    /// [`Violation::Malformed`] for what is no frame of this channel. A type nobody here knows is [`Self::Unknown`].
    pub fn parse(frame: &Frame) -> Result<Self, Violation> {
        frame.parse()
    }

    /// As it travels.
    pub fn to_frame(&self) -> Frame {
        Frame::json(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<ChatFrame, Violation> {
        ChatFrame::parse(&Frame::Text(text.to_owned()))
    }

    #[test]
    fn frames_read_as_the_protocol_writes_them() {
        let message =
            parse(r#"{"type":"message","id":"a-1","text":" hi\u202e ","sentAt":5,"x":1}"#);
        assert_eq!(
            message,
            Ok(ChatFrame::Message {
                id: MessageId::parse("a-1").unwrap(),
                text: MessageText::parse("hi").unwrap(),
                sent_at: WallTime(5),
                to: Addressed::Everyone,
            })
        );
        let frame = ChatFrame::Recording { on: true }.to_frame();
        assert_eq!(
            frame,
            Frame::Text(r#"{"type":"recording","on":true}"#.into())
        );
        assert_eq!(
            parse(r#"{"type":"history-request"}"#),
            Ok(ChatFrame::HistoryRequest)
        );
        assert_eq!(
            parse(r#"{"type":"poll","question":"?"}"#),
            Ok(ChatFrame::Unknown)
        );
        let app = parse(r#"{"type":"app","topic":"game/move","data":{"x":1}}"#);
        assert!(matches!(app, Ok(ChatFrame::App(_))), "{app:?}");
    }

    #[test]
    fn malformed_frames_are_told() {
        let long = format!(
            r#"{{"type":"message","id":"a","text":"{}","sentAt":1}}"#,
            "x".repeat(10_001)
        );
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"type":"message"}"#,
            r#"{"type":"message","id":"a b","text":"x","sentAt":1}"#,
            r#"{"type":"message","id":"","text":"x","sentAt":1}"#,
            r#"{"type":"message","id":"a","text":"","sentAt":1}"#,
            r#"{"type":"message","id":"a","text":"x","sentAt":-1}"#,
            r#"{"type":"message","id":"a","text":"x","sentAt":1,"to":"ben"}"#,
            r#"{"type":"history","entries":[{}]}"#,
            r#"{"type":"app","topic":"No Spaces","data":1}"#,
            &long,
        ] {
            assert_eq!(
                parse(text),
                Err(Violation::Malformed),
                "{}",
                &text[..text.len().min(80)]
            );
        }
        assert_eq!(
            ChatFrame::parse(&Frame::Bytes(vec![123, 125])),
            Err(Violation::Malformed)
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in any::<String>(), tag in "(message|received|history|app|recording)") {
            let _ = parse(&text);
            let _ = parse(&format!(r#"{{"type":"{tag}","id":{text:?},"text":{text:?},"entries":[],"on":1}}"#));
        }
    }
}
