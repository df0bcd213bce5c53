//! What the server says to a client.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ice::{IceCandidate, IceServer, IceTransportPolicy};
use crate::protocol::error::{ErrorCode, ProtocolError};
use crate::protocol::fields::{Fields, Read, WrongField, deserialize_by_reading};
use crate::protocol::id::{PeerId, ResumeToken};
use crate::protocol::limits::Limits;
use crate::protocol::media::MediaState;

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

deserialize_by_reading!(ServerMessage);

impl Read for ServerMessage {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Ok(match fields.text("type")? {
            "welcome" => Self::Welcome {
                peer: peer(fields, "peer")?,
                resume: ResumeToken::new(fields.text("resume")?),
                resumed: fields.flag("resumed")?,
                room: fields.string("room")?,
                peers: fields.all("peers")?,
                ice_servers: fields.all("iceServers")?,
                ice_transport_policy: match fields.maybe_text("iceTransportPolicy")? {
                    Some("relay") => IceTransportPolicy::Relay,
                    _ => IceTransportPolicy::All,
                },
                limits: fields.one("limits")?,
                recovering: fields.maybe_flag("recovering")?.unwrap_or_default(),
            },
            "peer-joined" => Self::PeerJoined {
                peer: peer(fields, "peer")?,
                name: fields.string("name")?,
                media: fields.one("media")?,
            },
            "peer-left" => Self::PeerLeft {
                peer: peer(fields, "peer")?,
                reason: match fields.text("reason")? {
                    "left" => DepartureReason::Left,
                    "lost" => DepartureReason::Lost,
                    "kicked" => DepartureReason::Kicked,
                    _ => return Err(WrongField("reason")),
                },
            },
            "peer-away" => Self::PeerAway {
                peer: peer(fields, "peer")?,
            },
            "peer-back" => Self::PeerBack {
                peer: peer(fields, "peer")?,
            },
            "peer-media" => Self::PeerMedia {
                peer: peer(fields, "peer")?,
                media: MediaState::read(value)?,
            },
            "peer-hand" => Self::PeerHand {
                peer: peer(fields, "peer")?,
                raised: fields.flag("raised")?,
            },
            "offer" => Self::Offer {
                from: peer(fields, "from")?,
                sdp: fields.string("sdp")?,
                serial: fields.maybe_u32("serial")?,
            },
            "answer" => Self::Answer {
                from: peer(fields, "from")?,
                sdp: fields.string("sdp")?,
                serial: fields.maybe_u32("serial")?,
            },
            "ice-candidate" => Self::IceCandidate {
                from: peer(fields, "from")?,
                candidate: fields
                    .value("candidate")
                    .map(IceCandidate::read)
                    .transpose()?,
            },
            "ice-servers" => Self::IceServers {
                ice_servers: fields.all("iceServers")?,
            },
            "error" => Self::Error(ProtocolError {
                code: ErrorCode::of(fields.text("code")?),
                message: fields.string("message")?,
                fatal: fields.flag("fatal")?,
            }),
            _ => return Err(WrongField("type")),
        })
    }
}

fn peer(fields: Fields<'_>, name: &'static str) -> Result<PeerId, WrongField> {
    fields.text(name).map(PeerId::new)
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

impl Read for PeerInfo {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Ok(Self {
            peer: peer(fields, "peer")?,
            name: fields.string("name")?,
            media: fields.one("media")?,
            hand: fields.flag("hand")?,
            hand_place: fields.maybe_u32("handPlace")?,
            away: fields.maybe_flag("away")?.unwrap_or_default(),
        })
    }
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
