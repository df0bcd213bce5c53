//! What travels on the `live` channel.

use serde::Serialize;
use serde_json::Value;

use crate::protocol::PeerId;
use crate::protocol::fields::{Fields, Read, WrongField, members};
use crate::protocol::message::message;
use crate::room::messaging::application::ApplicationMessage;
use crate::room::messaging::channel::frame::{Frame, Violation};
use crate::room::messaging::chat::text::count_emoji;

message! {
    /// A frame of the `live` channel.
    #[derive(Clone, Debug, PartialEq)]
    pub enum LiveFrame {
        /// The sender points at somebody's shared screen.
        Pointer = "pointer" {
            /// The screen is this person's.
            screen: PeerId = "screen",
            /// The sender points here on it.
            position: Position = "position" [flatten],
            /// The number grows by one with every pointer frame of the sender, modulo 2^32: the newest counts.
            sequence: u32 = "sequence",
        },
        /// The sender reacts.
        Reaction = "reaction" {
            /// The sender reacts with this.
            emoji: Emoji = "emoji",
        },
        /// An application says something.
        App = "app" (ApplicationMessage);
        /// A newer version knows the type.
        Unknown
    }
}

/// A place on a screen: `0.0..=1.0` from its left and from its top.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Position {
    x: f64,
    y: f64,
}

impl Position {
    /// `None` for a place beside the screen.
    pub fn new(x: f64, y: f64) -> Option<Self> {
        let inside = |coordinate: f64| (0.0..=1.0).contains(&coordinate);
        (inside(x) && inside(y)).then_some(Self { x, y })
    }

    /// From the left.
    pub fn x(self) -> f64 {
        self.x
    }

    /// From the top.
    pub fn y(self) -> f64 {
        self.y
    }
}

/// Exactly one emoji.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "String")]
pub struct Emoji(String);

impl Emoji {
    /// `None` for anything but one emoji of at most 64 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() <= 64 && count_emoji(text) == Some(1)).then(|| Self(text.to_owned()))
    }

    /// The emoji.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Emoji> for String {
    fn from(emoji: Emoji) -> Self {
        emoji.0
    }
}

members! {
    Emoji: |fields, name| Self::parse(fields.text(name)?).ok_or(WrongField(name)),
}

impl Read for Position {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Self::new(fields.number("x")?, fields.number("y")?).ok_or(WrongField("x"))
    }
}

impl LiveFrame {
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

    fn parse(text: &str) -> Result<LiveFrame, Violation> {
        LiveFrame::parse(&Frame::Text(text.to_owned()))
    }

    #[test]
    fn frames_read_as_the_protocol_writes_them() {
        let pointer = LiveFrame::Pointer {
            screen: PeerId::new("ada"),
            position: Position::new(0.25, 1.0).unwrap(),
            sequence: 9,
        };
        let text = r#"{"type":"pointer","screen":"ada","x":0.25,"y":1.0,"sequence":9}"#;
        assert_eq!(pointer.to_frame(), Frame::Text(text.to_owned()));
        assert_eq!(parse(text), Ok(pointer));
        let whole = r#"{"type":"pointer","screen":"ada","x":0,"y":1,"sequence":9}"#;
        assert!(parse(whole).is_ok());
        let reaction = LiveFrame::Reaction {
            emoji: Emoji::parse("🎉").unwrap(),
        };
        assert_eq!(parse(r#"{"type":"reaction","emoji":"🎉"}"#), Ok(reaction));
        assert_eq!(parse(r#"{"type":"wave"}"#), Ok(LiveFrame::Unknown));
    }

    #[test]
    fn malformed_frames_are_told() {
        for text in [
            "",
            r#"{"type":"pointer","screen":"ada","x":1.01,"y":0,"sequence":1}"#,
            r#"{"type":"pointer","screen":"ada","x":-0.1,"y":0,"sequence":1}"#,
            r#"{"type":"pointer","screen":"ada","x":1e999,"y":0,"sequence":1}"#,
            r#"{"type":"pointer","screen":"ada","x":0,"sequence":1}"#,
            r#"{"type":"pointer","screen":"ada","x":0,"y":0,"sequence":-1}"#,
            r#"{"type":"reaction","emoji":"hello"}"#,
            r#"{"type":"reaction","emoji":"🎉🎉"}"#,
            r#"{"type":"reaction","emoji":""}"#,
            r#"{"type":"app","topic":"a"}"#,
        ] {
            assert_eq!(parse(text), Err(Violation::Malformed), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text: String, x: f64) {
            let _ = parse(&text);
            let _ = parse(&format!(r#"{{"type":"pointer","screen":{text:?},"x":{x},"y":0,"sequence":1}}"#));
            let _ = parse(&format!(r#"{{"type":"reaction","emoji":{text:?}}}"#));
        }
    }
}
