//! The messages themselves: one tagged enum for each direction.
//!
//! Invariant: unknown fields are ignored and an unknown `type` fails to parse, in both directions.

use serde::{Deserialize, Serialize};

use super::error::ProtocolError;
use super::id::{PeerId, ResumeToken};
use super::limits::Limits;

/// What a client says. `room` and `name` of a join are still raw: the server answers each with its own error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ClientMessage {
    /// The first message: take a seat, or take it back.
    Join {
        /// Wanted room; checked by [`super::RoomName::parse`].
        room: String,
        /// Wanted name; checked by [`super::DisplayName::parse`].
        name: String,
        /// The token of the last `welcome`, to come back under the same id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<ResumeToken>,
        /// What is sent from the start; nothing when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        media: Option<MediaState>,
    },
    /// A session description of type offer (RFC 8829).
    Offer {
        /// Who it is for.
        target: PeerId,
        /// The description.
        sdp: String,
        /// The sender's number of this offer towards this peer. An extension: absent from clients that do not know it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serial: Option<u32>,
    },
    /// A session description of type answer.
    Answer {
        /// Who it is for.
        target: PeerId,
        /// The description.
        sdp: String,
        /// The `serial` of the offer it answers, if that had one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serial: Option<u32>,
    },
    /// A candidate (RFC 8838), or `null` for the end of candidates.
    IceCandidate {
        /// Who it is for.
        target: PeerId,
        /// The candidate.
        candidate: Option<IceCandidate>,
    },
    /// What the client sends from now on.
    Media(MediaState),
    /// Raises or lowers the hand.
    Hand {
        /// Whether it is up.
        raised: bool,
    },
    /// Asks for fresh credentials; answered with `ice-servers`. An extension, also for asking whether the server still hears.
    IceServers,
    /// Leave now; the seat is not kept.
    Leave,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ServerMessage {
    /// The answer to `join`: always the whole room.
    Welcome {
        /// The client's own id.
        peer: PeerId,
        /// The token for the next `join`.
        resume: ResumeToken,
        /// Whether the seat was taken back.
        resumed: bool,
        /// The room's name.
        room: String,
        /// Everyone else, in order of arrival.
        peers: Vec<PeerInfo>,
        /// `RTCConfiguration.iceServers`.
        ice_servers: Vec<IceServer>,
        /// Which candidates the operator lets clients use. An extension; absent means all.
        #[serde(default, skip_serializing_if = "IceTransportPolicy::is_all")]
        ice_transport_policy: IceTransportPolicy,
        /// What the server allows.
        limits: Limits,
        /// True while the server has just restarted: people missing from `peers` may still be coming back. An extension.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        recovering: bool,
    },
    /// Somebody came.
    PeerJoined {
        /// Who.
        peer: PeerId,
        /// What they are called.
        name: String,
        /// What they send.
        media: MediaState,
    },
    /// Somebody went.
    PeerLeft {
        /// Who.
        peer: PeerId,
        /// Why.
        reason: DepartureReason,
    },
    /// Somebody's socket dropped; the seat is kept.
    PeerAway {
        /// Who.
        peer: PeerId,
    },
    /// Somebody who was away is back.
    PeerBack {
        /// Who.
        peer: PeerId,
    },
    /// Somebody switched something on or off.
    PeerMedia {
        /// Who.
        peer: PeerId,
        /// What they send now.
        #[serde(flatten)]
        media: MediaState,
    },
    /// Somebody raised or lowered a hand.
    PeerHand {
        /// Who.
        peer: PeerId,
        /// Whether it is up.
        raised: bool,
    },
    /// A relayed offer.
    Offer {
        /// The sender, written by the server.
        from: PeerId,
        /// The description.
        sdp: String,
        /// As the sender numbered it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serial: Option<u32>,
    },
    /// A relayed answer.
    Answer {
        /// The sender, written by the server.
        from: PeerId,
        /// The description.
        sdp: String,
        /// The number of the offer it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serial: Option<u32>,
    },
    /// A relayed candidate.
    IceCandidate {
        /// The sender, written by the server.
        from: PeerId,
        /// The candidate, `None` for the end of candidates.
        candidate: Option<IceCandidate>,
    },
    /// Fresh credentials.
    IceServers {
        /// Replaces the list of the `welcome`.
        ice_servers: Vec<IceServer>,
    },
    /// A refusal.
    Error(ProtocolError),
}

/// One person of a `welcome`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerInfo {
    /// Who.
    pub peer: PeerId,
    /// What they are called.
    pub name: String,
    /// What they send.
    pub media: MediaState,
    /// Whether their hand is up.
    pub hand: bool,
    /// The place of their hand among those that are up, from 1, in the order they went up. An extension; absent when it
    /// is down, and from servers that do not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand_place: Option<u32>,
    /// True while their socket is down and the seat is kept. An extension; absent means present.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub away: bool,
}

/// What somebody sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaState {
    /// The microphone is on and not muted.
    pub audio: bool,
    /// The camera is on.
    pub video: bool,
    /// The screen is shared.
    pub screen: bool,
}

/// Why somebody is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DepartureReason {
    /// They said `leave`.
    Left,
    /// Their seat was kept in vain.
    Lost,
    /// They were removed.
    Kicked,
}

/// `RTCIceCandidateInit` (W3C WebRTC section 4.8.1), as the browser writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IceCandidate {
    /// The candidate attribute (RFC 8839 section 5.1); empty for the end of candidates of one generation.
    #[serde(default)]
    pub candidate: String,
    /// The media section's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// The media section's index.
    #[serde(
        default,
        rename = "sdpMLineIndex",
        skip_serializing_if = "Option::is_none"
    )]
    pub sdp_m_line_index: Option<u16>,
    /// The ICE generation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<String>,
}

/// `RTCIceServer` (W3C WebRTC section 4.2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` URLs.
    pub urls: Vec<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For TURN; never logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// `RTCIceTransportPolicy` (W3C WebRTC section 4.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IceTransportPolicy {
    /// Relayed candidates only, so that nobody learns an address.
    Relay,
    /// Any candidate; also what is taken for a policy that is not known.
    #[default]
    #[serde(other)]
    All,
}

impl IceTransportPolicy {
    fn is_all(&self) -> bool {
        *self == Self::All
    }
}

#[cfg(test)]
#[path = "tests/messages.rs"]
mod tests;
