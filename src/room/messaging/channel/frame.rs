//! One message of a data channel, and how it may break the rules.

use thiserror::Error;

use crate::protocol::fields::{Read, read_text};

/// A data channel carries one message at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The message is JSON.
    Text(String),
    /// The message is a chunk of a file.
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

/// A frame broke the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Violation {
    /// It cannot be understood, or says what makes no sense. A few are forgiven: versions differ.
    #[error("the frame is malformed")]
    Malformed,
    /// It contradicts what its sender declared before. That is not forgiven.
    #[error("the frame contradicts what its sender declared")]
    Lie,
}
