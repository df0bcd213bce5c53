//! The data channels between two people: what travels on which, how large, and how fast.
//!
//! Responsible for naming the channels and for policing what arrives on them. Invariant: nothing a person sends reaches
//! the models behind a channel without having passed its [`Guard`]. The channels belong to *people*: the same frames
//! may travel over a mesh connection or through a server.

mod guard;

use thiserror::Error;

use crate::protocol::fields::{Read, read_text};

pub use crate::pace::{Allowance, TokenBucket};
pub use guard::{Admission, CutOffReason, Guard};

/// One of the three negotiated data channels (W3C WebRTC section 6.2, `negotiated: true`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Messages, history, recording announcements and reliable application messages. JSON text only.
    Chat,
    /// Control messages of file transfers as JSON text, the files' content as binary chunks.
    Files,
    /// Pointers, reactions and application messages that may get lost. JSON text only.
    Live,
}

/// What a channel promises, as `RTCDataChannelInit` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliability {
    /// Everything arrives, in order.
    ReliableOrdered,
    /// `ordered: false, maxRetransmits: 0`.
    UnreliableUnordered,
}

impl Channel {
    /// All of them, in the order of their stream ids.
    pub const ALL: [Self; 3] = [Self::Chat, Self::Files, Self::Live];

    /// `RTCDataChannelInit.id`.
    pub fn stream_id(self) -> u16 {
        match self {
            Self::Chat => 0,
            Self::Files => 1,
            Self::Live => 2,
        }
    }

    /// `RTCDataChannel.label`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Files => "files",
            Self::Live => "live",
        }
    }

    /// What it promises.
    pub fn reliability(self) -> Reliability {
        match self {
            Self::Chat | Self::Files => Reliability::ReliableOrdered,
            Self::Live => Reliability::UnreliableUnordered,
        }
    }

    /// Largest text frame, in bytes of UTF-8.
    pub fn largest_text(self) -> usize {
        match self {
            Self::Chat => 64 * 1024,
            Self::Files => 16 * 1024,
            Self::Live => 1024,
        }
    }

    /// Largest binary frame, in bytes; `None` where binary frames do not belong.
    pub fn largest_binary(self) -> Option<usize> {
        match self {
            Self::Files => Some(64 * 1024),
            Self::Chat | Self::Live => None,
        }
    }
}

/// One message of a data channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// JSON.
    Text(String),
    /// A chunk of a file.
    Bytes(Vec<u8>),
}

impl Frame {
    /// Its size on the wire, in bytes.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// A text frame with the JSON of a message. The wire types serialise without failing; should one ever not, the frame
    /// is empty and the other side drops it as malformed.
    pub(in crate::room) fn json(message: &impl serde::Serialize) -> Self {
        Self::Text(serde_json::to_string(message).unwrap_or_default())
    }

    /// Reads a message out of a text frame.
    ///
    /// # Errors
    /// [`Violation::Malformed`] for a binary frame and for what is no message.
    pub(in crate::room) fn parse<T: Read>(&self) -> Result<T, Violation> {
        match self {
            Self::Text(text) => read_text(text).map_err(|_| Violation::Malformed),
            Self::Bytes(_) => Err(Violation::Malformed),
        }
    }
}

/// How a frame broke the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Violation {
    /// It cannot be understood, or says what makes no sense. A few are forgiven: versions differ.
    #[error("the frame is malformed")]
    Malformed,
    /// It contradicts what its sender declared before. Not forgiven.
    #[error("the frame contradicts what its sender declared")]
    Lie,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channels_have_the_ids_and_promises_of_the_protocol() {
        let table = [
            (Channel::Chat, 0, "chat", Reliability::ReliableOrdered),
            (Channel::Files, 1, "files", Reliability::ReliableOrdered),
            (Channel::Live, 2, "live", Reliability::UnreliableUnordered),
        ];
        for (channel, id, label, reliability) in table {
            assert_eq!(channel.stream_id(), id);
            assert_eq!(channel.label(), label);
            assert_eq!(channel.reliability(), reliability);
            assert_eq!(Channel::ALL[usize::from(id)], channel);
        }
    }
}
