//! The figures both sides keep. The server announces what can be configured in [`Limits`].

use std::ops::RangeInclusive;

use serde::Deserialize;

use crate::protocol::message::message;

/// Length of a room's name, in characters (all of them ASCII).
pub const ROOM_NAME_LENGTH: RangeInclusive<usize> = 3..=64;

/// Most characters of a display name after trimming.
pub const DISPLAY_NAME_CHARACTERS: usize = 64;

/// Largest text frame the server takes, in bytes. A larger one closes the socket with 1009.
pub const MESSAGE_BYTES: usize = 64 * 1024;

/// How long a socket may stay without a seat, in ms from its upgrade. A `join` that has to wait is answered within this time.
pub const JOIN_DEADLINE_MS: u64 = 10_000;

/// How long a seat is kept after its socket dropped without `leave`, in ms.
pub const SEAT_KEPT_MS: u64 = 30_000;

/// How long a socket may be silent before the server drops it, in ms.
pub const SILENCE_LIMIT_MS: u64 = 15_000;

message! {
    /// What the server allows, told in every `welcome`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
    pub struct Limits {
        /// Most people and devices in one room.
        pub room_capacity: u32 = "roomCapacity",
        /// Largest message of a client, in bytes. What the server sends may be longer.
        pub message_bytes: u32 = "messageBytes",
        /// Sustained messages per second of one connection; 0 when unlimited.
        pub message_rate: u32 = "messageRate",
        /// How long a seat is kept after its socket dropped, in ms.
        pub seat_kept_ms: u64 = "seatKeptMs",
        /// Most people and devices that reach each other directly; more need the SFU. An extension; absent where there is none,
        /// and everybody is reached directly.
        pub mesh_capacity: Option<u32> = "meshCapacity" [default, skip_serializing_if = "Option::is_none"],
    }
}
