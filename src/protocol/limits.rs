//! The figures both sides keep. The server announces what can be configured in [`Limits`].

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protocol::fields::{Fields, Read, WrongField};

/// Length of a room's name, in characters (all of them ASCII).
pub const ROOM_NAME_LENGTH: RangeInclusive<usize> = 3..=64;

/// Most characters of a display name after trimming.
pub const DISPLAY_NAME_CHARACTERS: usize = 64;

/// Largest text frame the server takes, in bytes. A larger one closes the socket with 1009.
pub const MESSAGE_BYTES: usize = 64 * 1024;

/// How long a seat is kept after its socket dropped without `leave`, in ms.
pub const SEAT_KEPT_MS: u64 = 30_000;

/// How long a socket may be silent before the server drops it, in ms.
pub const SILENCE_LIMIT_MS: u64 = 15_000;

/// What the server allows, told in every `welcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Most people in one room.
    pub room_capacity: u32,
    /// Largest message, in bytes.
    pub message_bytes: u32,
    /// Sustained messages per second of one connection; 0 when unlimited.
    pub message_rate: u32,
    /// How long a seat is kept after its socket dropped, in ms.
    pub seat_kept_ms: u64,
}

impl Read for Limits {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Ok(Self {
            room_capacity: fields.u32("roomCapacity")?,
            message_bytes: fields.u32("messageBytes")?,
            message_rate: fields.u32("messageRate")?,
            seat_kept_ms: fields.integer("seatKeptMs")?,
        })
    }
}
