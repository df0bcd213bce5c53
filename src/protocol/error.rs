//! What the server says when it refuses: a stable code for programs and plain words for people.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Stable codes of the `error` message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// Not JSON, an unknown type, a missing or ill-typed field, or a binary frame.
    BadMessage,
    /// Something other than `join` came first.
    NotJoined,
    /// A second `join` on one socket.
    AlreadyJoined,
    /// The room's name breaks the rules.
    BadRoom,
    /// The display name breaks the rules.
    BadName,
    /// The room has no free seat.
    RoomFull,
    /// The target is not in the sender's room.
    UnknownPeer,
    /// The message is larger than the limit.
    TooLarge,
    /// Messages come faster than the limit.
    RateLimited,
    /// Not allowed.
    Unauthorized,
    /// The server is stopping, or takes no more connections.
    ShuttingDown,
    /// A code of a newer server.
    #[serde(other)]
    Unknown,
}

impl ErrorCode {
    /// The code of this name; [`ErrorCode::Unknown`] for one of a newer version.
    pub(super) fn of(code: &str) -> Self {
        match code {
            "bad-message" => Self::BadMessage,
            "not-joined" => Self::NotJoined,
            "already-joined" => Self::AlreadyJoined,
            "bad-room" => Self::BadRoom,
            "bad-name" => Self::BadName,
            "room-full" => Self::RoomFull,
            "unknown-peer" => Self::UnknownPeer,
            "too-large" => Self::TooLarge,
            "rate-limited" => Self::RateLimited,
            "unauthorized" => Self::Unauthorized,
            "shutting-down" => Self::ShuttingDown,
            _ => Self::Unknown,
        }
    }
}

/// The `error` message's content.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct ProtocolError {
    /// For programs.
    pub code: ErrorCode,
    /// For people; may change between versions.
    pub message: String,
    /// Whether the server closes the socket after it.
    pub fatal: bool,
}
