//! What travels on the chat channel: messages, their history and receipts, and what else is said reliably.

use crate::protocol::message::message;
use crate::room::channel::Addressed;
use crate::room::messaging::application::ApplicationMessage;
use crate::room::messaging::channel::frame::{Frame, Violation};
use crate::room::messaging::chat::message::{HistoryEntry, MessageId, WallTime};
use crate::room::messaging::chat::receipts::Receipts;
use crate::room::messaging::chat::text::MessageText;
use crate::room::sending::view::ViewRequest;

message! {
    /// A frame of the `chat` channel.
    #[derive(Clone, Debug, PartialEq)]
    pub enum ChatFrame {
        /// The sender says something. Repeated until `received` comes.
        Message = "message" {
            /// The id is unique among the sender's messages.
            id: MessageId = "id",
            /// This is said.
            text: MessageText = "text",
            /// The sender's clock showed this.
            sent_at: WallTime = "sentAt",
            /// The sender said it to all or to the receiver alone.
            to: Addressed = "to" [default],
        },
        /// Every `message` is answered by this, also a repeated one; several may be by one.
        Received = "received" (Receipts),
        /// A newcomer asks for the conversation so far.
        HistoryRequest = "history-request",
        /// A `history-request` is answered by this, in as many frames as it takes: oldest first.
        History = "history" {
            /// At most 200 entries are in one frame.
            entries: Vec<HistoryEntry> = "entries",
            /// Another frame follows.
            more: bool = "more" [default],
        },
        /// The sender starts or stops recording the call.
        Recording = "recording" {
            /// The sender records from now on, or does not any more.
            on: bool = "on",
        },
        /// The sender says how large it shows the receiver.
        Viewing = "viewing" (ViewRequest),
        /// An application says something.
        App = "app" (ApplicationMessage);
        /// A newer version knows the type.
        Unknown
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
        let received = r#"{"type":"received","id":"a-1"}"#;
        let ids = Receipts::one(MessageId::parse("a-1").unwrap());
        assert_eq!(parse(received), Ok(ChatFrame::Received(ids.clone())));
        assert_eq!(
            ChatFrame::Received(ids).to_frame(),
            Frame::Text(received.into())
        );
        let received = r#"{"type":"received","ids":["a-1","a-2"]}"#;
        assert_eq!(
            parse(received).unwrap().to_frame(),
            Frame::Text(received.into())
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
        for number in [0, 7, u32::MAX] {
            let text = format!(
                r#"{{"type":"app","topic":"control/lamp","data":{{"on":true}},"ack":{number}}}"#
            );
            let app = parse(&text).unwrap();
            assert!(matches!(&app, ChatFrame::App(app) if app.ack == Some(number)));
            assert_eq!(app.to_frame(), Frame::Text(text));
        }
    }

    #[test]
    fn malformed_frames_are_told() {
        let receipts = |count| {
            let ids = vec![r#""a-1""#; count].join(",");
            format!(r#"{{"type":"received","ids":[{ids}]}}"#)
        };
        assert!(parse(&receipts(100)).is_ok());
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
            r#"{"type":"received"}"#,
            r#"{"type":"received","id":"a b"}"#,
            r#"{"type":"received","id":["a"]}"#,
            r#"{"type":"received","ids":"a"}"#,
            r#"{"type":"received","ids":[]}"#,
            r#"{"type":"received","ids":["a",1]}"#,
            r#"{"type":"received","ids":["a",""]}"#,
            r#"{"type":"received","id":"a","ids":["b"]}"#,
            &receipts(101),
            r#"{"type":"history","entries":[{}]}"#,
            r#"{"type":"app","topic":"No Spaces","data":1}"#,
            r#"{"type":"app","topic":"control/lamp","data":1,"ack":-1}"#,
            r#"{"type":"app","topic":"control/lamp","data":1,"ack":4294967296}"#,
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
            let _ = parse(&format!(r#"{{"type":"{tag}","id":{text:?},"text":{text:?},"entries":[],"ids":[{text:?}],"on":1}}"#));
        }
    }
}
