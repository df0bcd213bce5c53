//! The wire: what travels as JSON between a client and the server's `/ws`.
//!
//! Responsible for the shape of every message, the newtype ids in them and the limits both sides keep. Invariant:
//! nothing here decides anything; a value that exists has been parsed, and parsing happens once, at the boundary.
//! `docs/protocol.md` says the same in prose.

mod attendance;
mod check_servers;
mod close;
mod error;
pub mod fields;
mod id;
mod limits;
mod media;
mod received;

pub use attendance::Attendance;
pub use check_servers::CheckServers;
pub use close::CloseCode;
pub use error::{ErrorCode, ProtocolError};
pub use id::{DisplayName, NameError, PeerId, ResumeToken, RoomName, RoomNameError};
pub use limits::{
    DISPLAY_NAME_CHARACTERS, Limits, MESSAGE_BYTES, ROOM_NAME_LENGTH, SEAT_KEPT_MS,
    SILENCE_LIMIT_MS,
};
pub use media::{
    ClientMessage, DepartureReason, IceCandidate, IceServer, IceTransportPolicy, MediaState,
    PeerInfo, ServerMessage,
};
