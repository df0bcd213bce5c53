//! What the server says when it refuses: a stable code for programs and plain words for people.

use thiserror::Error;

use crate::protocol::message::{message, words};

words! {
    /// Stable codes of the `error` message.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum ErrorCode {
        /// Not JSON, an unknown type, a missing or ill-typed field, or a binary frame.
        BadMessage = "bad-message",
        /// Something other than `join` came first.
        NotJoined = "not-joined",
        /// A second `join` on one socket.
        AlreadyJoined = "already-joined",
        /// The room's name breaks the rules.
        BadRoom = "bad-room",
        /// The display name breaks the rules.
        BadName = "bad-name",
        /// The room has no free seat.
        RoomFull = "room-full",
        /// The target is not in the sender's room.
        UnknownPeer = "unknown-peer",
        /// The message is larger than the limit.
        TooLarge = "too-large",
        /// Messages come faster than the limit.
        RateLimited = "rate-limited",
        /// Not allowed.
        Unauthorized = "unauthorized",
        /// The SFU does not take the offer, or takes none at the moment.
        SfuRefused = "sfu-refused",
        /// The room has so many people that it goes through the SFU, which the client does not speak to.
        SfuNeeded = "sfu-needed",
        /// The server is stopping, or takes no more connections.
        ShuttingDown = "shutting-down";
        /// A code of a newer server.
        Unknown = "unknown"
    }
}

message! {
    /// The `error` message's content.
    #[derive(Clone, Debug, PartialEq, Eq, Error)]
    #[error("{message}")]
    pub struct ProtocolError {
        /// For programs.
        pub code: ErrorCode = "code",
        /// For people; may change between versions.
        pub message: String = "message",
        /// Whether the server closes the socket after it.
        pub fatal: bool = "fatal",
    }
}
