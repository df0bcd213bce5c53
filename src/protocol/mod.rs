//! The wire: what travels as JSON between a client and the server's `/ws`.
//!
//! Responsible for the shape of every message, the newtype ids in them and the limits both sides keep. Invariant:
//! nothing here decides anything; a value that exists has been parsed, and parsing happens once, at the boundary.
//! `docs/protocol.md` says the same in prose.

pub(crate) mod attendance;
pub(crate) mod check_servers;
pub(crate) mod client_message;
pub(crate) mod close;
pub(crate) mod display_name;
pub(crate) mod error;
pub mod fields;
pub(crate) mod ice;
pub(crate) mod ice_url;
pub(crate) mod id;
pub(crate) mod limits;
pub(crate) mod media;
pub(crate) mod message;
pub(crate) mod participant_kind;
pub(crate) mod server_message;
pub mod sfu;
#[cfg(test)]
#[path = "tests/messages.rs"]
mod tests;

pub use attendance::Attendance;
pub use check_servers::CheckServers;
pub use close::CloseCode;
pub use display_name::{DisplayName, NameError};
pub use error::{ErrorCode, ProtocolError};
pub use ice_url::{IceUrl, IceUrlError, Transport, UrlKind};
pub use id::{PeerId, ResumeToken, RoomName, RoomNameError};
pub use limits::{
    DISPLAY_NAME_CHARACTERS, JOIN_DEADLINE_MS, Limits, MESSAGE_BYTES, ROOM_NAME_LENGTH,
    SEAT_KEPT_MS, SILENCE_LIMIT_MS,
};
pub use media::MediaState;
pub use participant_kind::ParticipantKind;

pub use self::client_message::ClientMessage;
pub use self::ice::{IceCandidate, IceServer, IceTransportPolicy};
pub use self::server_message::{DepartureReason, PeerInfo, ServerMessage};
