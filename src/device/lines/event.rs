//! What a device tells its program, written as one line.
//!
//! Invariant: every event but a message of an application has a member `event` that says what it is.

use serde::Serialize;
use serde_json::Value;

use crate::protocol::{ParticipantKind, PeerId};

/// One line for the program.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Line {
    /// An application message arrived.
    Message(Arrived),
    /// Something happened.
    Event(Event),
}

/// An application message as a program reads it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Arrived {
    /// It is about this.
    pub(crate) topic: String,
    /// It says this.
    pub(crate) data: Value,
    /// This person sent it.
    pub(crate) from: PeerId,
    /// They are called this.
    pub(crate) name: String,
    /// It came on the reliable channel, or on the fast one.
    pub(crate) reliable: bool,
    /// The sender waits for an acknowledgement with this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ack: Option<u32>,
}

/// Something happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "event",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Event {
    /// The device is in the room.
    Joined {
        /// The server calls it this.
        peer: PeerId,
        /// The room has this name.
        room: String,
        /// It has the seat that it had before.
        resumed: bool,
        /// These are there.
        people: Vec<Somebody>,
    },
    /// Somebody came.
    PersonJoined(Somebody),
    /// Somebody is gone.
    PersonLeft {
        /// It was this person.
        peer: PeerId,
    },
    /// Messages reach somebody now.
    Connected {
        /// It is this person.
        peer: PeerId,
    },
    /// Messages reach somebody no more, for now or for good.
    Disconnected {
        /// It is this person.
        peer: PeerId,
    },
    /// The way to the server is gone; it is looked for. Messages go on.
    Reconnecting,
    /// The way to the server is there again.
    Reconnected,
    /// Somebody said something in the chat.
    Chat {
        /// The message has this id.
        id: String,
        /// This person said it, and may have left.
        from: PeerId,
        /// They are or were called this.
        name: String,
        /// They said this.
        text: String,
        /// They said it to this device alone.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        direct: bool,
        /// It was said before the device came.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        earlier: bool,
    },
    /// What was said is on its way.
    ChatSent {
        /// The message has this id.
        id: String,
    },
    /// Everybody it was for has what was said.
    ChatDelivered {
        /// The message has this id.
        id: String,
    },
    /// Somebody acknowledged a message.
    Acknowledged {
        /// It was the so-manyth line with `ack`.
        of: u32,
        /// This person did.
        from: PeerId,
        /// They could not do what it asks, because of this.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// Not everyone acknowledged a message in time.
    Unacknowledged {
        /// It was the so-manyth line with `ack`.
        of: u32,
        /// These people did not.
        by: Vec<PeerId>,
    },
    /// A file was offered, and declined.
    FileDeclined {
        /// This person offered it.
        from: PeerId,
    },
    /// The line to somebody takes less than the pictures of the file have: some are left out.
    SlowLine {
        /// It is this person.
        peer: PeerId,
    },
    /// The program did not read fast enough: so many lines are missing here.
    Missed {
        /// They are so many.
        lines: u64,
    },
    /// A line was not followed, or something else went wrong; the device goes on.
    Error {
        /// Programs tell reasons apart by this.
        code: &'static str,
        /// People who write programs can read this.
        message: String,
        /// It was the so-manyth line with `ack`.
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<u32>,
    },
    /// The device is in the room no more; nothing comes after this.
    Left {
        /// Programs tell reasons apart by this.
        code: &'static str,
        /// People can read this.
        message: String,
    },
}

/// Somebody in the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Somebody {
    /// The server calls them this.
    pub(crate) peer: PeerId,
    /// They are shown under this name.
    pub(crate) name: String,
    /// They are somebody with a page, or a device.
    pub(crate) kind: ParticipantKind,
}

impl Line {
    /// The line as it is written, its end included.
    pub(crate) fn to_text(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl From<Event> for Line {
    fn from(event: Event) -> Self {
        Self::Event(event)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_written_as_the_page_on_devices_says() {
        let ada = PeerId::new("P1");
        let somebody = Somebody {
            peer: ada.clone(),
            name: "Ada".to_owned(),
            kind: ParticipantKind::Person,
        };
        let message = Arrived {
            topic: "control/lamp".to_owned(),
            data: json!({"on": true}),
            from: ada.clone(),
            name: "Ada".to_owned(),
            reliable: true,
            ack: Some(7),
        };
        for (line, text) in [
            (
                Line::Message(message),
                r#"{"topic":"control/lamp","data":{"on":true},"from":"P1","name":"Ada","reliable":true,"ack":7}"#,
            ),
            (
                Event::PersonJoined(somebody.clone()).into(),
                r#"{"event":"person-joined","peer":"P1","name":"Ada","kind":"person"}"#,
            ),
            (
                Event::Acknowledged {
                    of: 7,
                    from: ada,
                    error: None,
                }
                .into(),
                r#"{"event":"acknowledged","of":7,"from":"P1"}"#,
            ),
            (Event::Reconnecting.into(), r#"{"event":"reconnecting"}"#),
            (
                Event::Error {
                    code: "line-no-json",
                    message: "…".to_owned(),
                    of: None,
                }
                .into(),
                r#"{"event":"error","code":"line-no-json","message":"…"}"#,
            ),
        ] {
            assert_eq!(line.to_text(), [text, "\n"].concat());
        }
    }
}
