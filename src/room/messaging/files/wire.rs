//! What travels on the `files` channel: control messages as JSON text, content as binary chunks.

use std::fmt;

use serde::Serialize;

use crate::protocol::fields::{WrongField, members};
use crate::protocol::message::{message, words};
use crate::room::messaging::channel::frame::{Frame, Violation};

/// A file that is offered has at most so many bytes: the largest integer JSON carries exactly everywhere (2^53 - 1).
pub const FILE_BYTES: u64 = (1 << 53) - 1;

/// So many bytes stand in front of a chunk's payload: the transfer's id (u32) and the payload's offset (u64), both
/// big-endian.
pub const CHUNK_HEADER_BYTES: usize = 12;

/// A chunk's payload has at most so many bytes: header and payload together are 64 KiB.
pub const CHUNK_PAYLOAD_BYTES: usize = 64 * 1024 - CHUNK_HEADER_BYTES;

/// The payload of a chunk that is not the last of its file has at least so many bytes. Smaller ones would only cost.
pub const SMALLEST_CHUNK_BYTES: usize = 16 * 1024;

/// Names a transfer among those one person offers to one other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TransferId(pub u32);

words! {
    /// A transfer has two ends, and somebody is at one of them.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Side {
        /// They have the file.
        Sender = "sender",
        /// They get the file.
        Receiver = "receiver",
    }
}

words! {
    /// Why a sender ends a transfer.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum CancelReason {
        /// There is no connection directly between the two, and nothing else takes the content.
        NoDirectPath = "no-direct-path";
        /// A reason of a newer version.
        Unknown = "unknown"
    }
}

/// A SHA-256 digest (FIPS 180-4); 64 hexadecimal digits on the wire. They are written and read by hand: a library that is as
/// fast as can be is 33 KB of the wasm.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "String")]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl Digest {
    fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let mut digits = text.chars().map(|digit| digit.to_digit(16));
        for byte in &mut bytes {
            let (high, low) = (digits.next()??, digits.next()??);
            *byte = u8::try_from(high << 4 | low).ok()?;
        }
        digits.next().is_none().then_some(Self(bytes))
    }
}

message! {
    /// A control message.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum FileControl {
        /// Sender: I have a file for you. Repeated whenever the channel opens again, until the transfer has ended.
        Offer = "offer" {
            /// The sender chose this id and never uses it again.
            id: TransferId = "id",
            /// The file is called this; the receiver makes it safe.
            name: String = "name",
            /// The file has so many bytes.
            size: u64 = "size",
            /// The sender's browser says that it is of this media type, which may be empty.
            mime: String = "mime" [default],
        },
        /// Receiver: send it from this offset on, which is what is safely written already.
        Accept = "accept" {
            /// The offer had this id.
            id: TransferId = "id",
            /// So many bytes are not needed any more.
            offset: u64 = "offset",
        },
        /// Receiver: I do not want it.
        Decline = "decline" {
            /// The offer had this id.
            id: TransferId = "id",
        },
        /// Receiver: everything before this offset is safely written. The sender stays at most 16 MiB ahead of it.
        Written = "written" {
            /// The offer had this id.
            id: TransferId = "id",
            /// So many bytes are safely written.
            offset: u64 = "offset",
        },
        /// Sender: that was all of it.
        Done = "done" {
            /// The offer had this id.
            id: TransferId = "id",
            /// The whole file has this digest.
            sha256: Digest = "sha256",
        },
        /// Receiver: what I wrote has the same digest.
        Verified = "verified" {
            /// The offer had this id.
            id: TransferId = "id",
        },
        /// Receiver: it has another digest; I threw it away.
        Corrupt = "corrupt" {
            /// The offer had this id.
            id: TransferId = "id",
        },
        /// Either side: it ends here.
        Cancel = "cancel" {
            /// The offer had this id.
            id: TransferId = "id",
            /// This side says so: ids of both directions may be alike.
            by: Side = "by",
            /// It had to; absent when somebody wanted it so.
            why: Option<CancelReason> = "why" [default, skip_serializing_if = "Option::is_none"],
        };
        /// A newer version knows the type.
        Unknown
    }
}

/// The `files` channel carries these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFrame {
    /// Text is a control message.
    Control(FileControl),
    /// Binary data is a piece of a file.
    Chunk(Chunk),
}

/// A piece of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The piece belongs to this transfer.
    pub id: TransferId,
    /// So many bytes of the file stand before it.
    pub offset: u64,
    /// Its content is never empty.
    pub payload: Vec<u8>,
}

impl FileFrame {
    /// Reads a frame.
    ///
    /// # Errors
    /// [`Violation::Malformed`] for what is no frame of this channel.
    pub fn parse(frame: Frame) -> Result<Self, Violation> {
        match frame {
            Frame::Text(_) => frame.parse().map(Self::Control),
            Frame::Bytes(bytes) => Chunk::parse(bytes).map(Self::Chunk),
        }
    }
}

members! {
    TransferId: |fields, name| fields.u32(name).map(Self),
    Digest: |fields, name| Self::parse(fields.text(name)?).ok_or(WrongField(name)),
}

impl FileControl {
    /// As it travels.
    pub fn to_frame(&self) -> Frame {
        Frame::json(self)
    }
}

impl Chunk {
    /// A chunk as it travels.
    pub fn frame(id: TransferId, offset: u64, payload: &[u8]) -> Frame {
        let mut bytes = Vec::with_capacity(CHUNK_HEADER_BYTES + payload.len());
        bytes.extend_from_slice(&id.0.to_be_bytes());
        bytes.extend_from_slice(&offset.to_be_bytes());
        bytes.extend_from_slice(payload);
        Frame::Bytes(bytes)
    }

    fn parse(mut bytes: Vec<u8>) -> Result<Self, Violation> {
        let (id, rest) = bytes.split_first_chunk().ok_or(Violation::Malformed)?;
        let (offset, payload) = rest.split_first_chunk().ok_or(Violation::Malformed)?;
        if payload.is_empty() || payload.len() > CHUNK_PAYLOAD_BYTES {
            return Err(Violation::Malformed);
        }
        let id = TransferId(u32::from_be_bytes(*id));
        let offset = u64::from_be_bytes(*offset);
        bytes.drain(..CHUNK_HEADER_BYTES);
        Ok(Self {
            id,
            offset,
            payload: bytes,
        })
    }
}

/// The sender may be so many bytes ahead of what the receiver has written.
pub const WINDOW_BYTES: u64 = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_messages_read_as_the_protocol_writes_them() {
        let done = FileControl::Done {
            id: TransferId(7),
            sha256: Digest([0xab; 32]),
        };
        let text = format!(r#"{{"type":"done","id":7,"sha256":"{}"}}"#, "ab".repeat(32));
        assert_eq!(done.to_frame(), Frame::Text(text.clone()));
        assert_eq!(
            FileFrame::parse(Frame::Text(text)),
            Ok(FileFrame::Control(done))
        );
        for (why, written) in [
            (None, r#"{"type":"cancel","id":7,"by":"receiver"}"#),
            (
                Some(CancelReason::NoDirectPath),
                r#"{"type":"cancel","id":7,"by":"receiver","why":"no-direct-path"}"#,
            ),
        ] {
            let cancel = FileControl::Cancel {
                id: TransferId(7),
                by: Side::Receiver,
                why,
            };
            let frame = cancel.to_frame();
            assert_eq!(frame, Frame::Text(written.into()));
            assert_eq!(FileFrame::parse(frame), Ok(FileFrame::Control(cancel)));
        }
    }

    #[test]
    fn a_digest_is_64_hexadecimal_digits_large_or_small_and_nothing_else() {
        let digest = Digest(std::array::from_fn(|index| index as u8 * 8 + 7));
        let text = digest.to_string();
        assert!(text.starts_with("070f171f") && text.ends_with("ff"));
        assert_eq!(Digest::parse(&text), Some(digest));
        assert_eq!(Digest::parse(&text.to_uppercase()), Some(digest));
        for other in [
            "",
            &text[1..],
            &format!("{text}0"),
            &text.replace("07", "+7"),
            &text.replace("07", "0g"),
            &text.replace("07", "é"),
            &"é".repeat(32),
        ] {
            assert_eq!(Digest::parse(other), None, "{other}");
        }
    }

    #[test]
    fn malformed_frames_are_told() {
        for text in [
            "{",
            r#"{"type":"offer","id":-1,"name":"a","size":1}"#,
            r#"{"type":"offer","id":1,"name":"a","size":1.5}"#,
            r#"{"type":"accept","id":4294967296,"offset":0}"#,
            r#"{"type":"done","id":1,"sha256":"abc"}"#,
            r#"{"type":"cancel","id":1,"by":"nobody"}"#,
        ] {
            let frame = Frame::Text(text.to_owned());
            assert_eq!(FileFrame::parse(frame), Err(Violation::Malformed), "{text}");
        }
        for length in 0..=CHUNK_HEADER_BYTES {
            let frame = Frame::Bytes(vec![0; length]);
            assert_eq!(
                FileFrame::parse(frame),
                Err(Violation::Malformed),
                "{length}"
            );
        }
    }

    proptest! {
        #[test]
        fn chunks_survive_the_wire(id: u32, offset: u64, payload in proptest::collection::vec(any::<u8>(), 1..99)) {
            let frame = Chunk::frame(TransferId(id), offset, &payload);
            let chunk = Chunk { id: TransferId(id), offset, payload };
            prop_assert_eq!(FileFrame::parse(frame), Ok(FileFrame::Chunk(chunk)));
        }

        #[test]
        fn no_frame_makes_parsing_panic(bytes in proptest::collection::vec(any::<u8>(), 0..99), text: String) {
            let _ = FileFrame::parse(Frame::Bytes(bytes));
            let _ = FileFrame::parse(Frame::Text(format!(r#"{{"type":"done","id":1,"sha256":{text:?}}}"#)));
            let _ = FileFrame::parse(Frame::Text(text));
        }
    }
}
