//! Why something that the user wants to send is not sent. The words are the ui's.
//!
//! Invariant: nothing is lost by it. A text stays with who typed it, and files stay where they are.

/// Something the user wants of messaging is not done. Nothing changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessagingError {
    /// A message is not said.
    Message(MessageError),
    /// Files are not offered.
    Offer(OfferError),
    /// A reaction is not sent.
    Reaction(ReactionError),
}

/// A text is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// There is nothing to see in it.
    Empty,
    /// It is longer than a message may be.
    TooLong {
        /// The text has this many characters.
        characters: usize,
    },
    /// The person it is for is not in the room.
    NobodyThere,
}

/// No files are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferError {
    /// There is nobody they could be for.
    NobodyThere,
    /// They are more than may be offered at once.
    TooMany {
        /// The user picked this many files.
        count: usize,
    },
}

/// A reaction is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReactionError {
    /// Too many others wait to be sent.
    TooFast,
}
