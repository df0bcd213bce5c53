//! Reading what the server says.
//!
//! Invariant: a message is read as the derived code of serde would read it; the tests of the messages hold it to that.

use serde_json::Value;

use super::error::{ErrorCode, ProtocolError};
use super::fields::{Fields, Read, WrongField, deserialize_by_reading};
use super::id::{PeerId, ResumeToken};
use super::limits::Limits;
use super::media::{
    DepartureReason, IceCandidate, IceServer, IceTransportPolicy, MediaState, PeerInfo,
    ServerMessage,
};

deserialize_by_reading!(ServerMessage);

fn peer(fields: Fields<'_>, name: &'static str) -> Result<PeerId, WrongField> {
    fields.text(name).map(PeerId::new)
}

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
                code: code(fields.text("code")?),
                message: fields.string("message")?,
                fatal: fields.flag("fatal")?,
            }),
            _ => return Err(WrongField("type")),
        })
    }
}

fn code(code: &str) -> ErrorCode {
    match code {
        "bad-message" => ErrorCode::BadMessage,
        "not-joined" => ErrorCode::NotJoined,
        "already-joined" => ErrorCode::AlreadyJoined,
        "bad-room" => ErrorCode::BadRoom,
        "bad-name" => ErrorCode::BadName,
        "room-full" => ErrorCode::RoomFull,
        "unknown-peer" => ErrorCode::UnknownPeer,
        "too-large" => ErrorCode::TooLarge,
        "rate-limited" => ErrorCode::RateLimited,
        "unauthorized" => ErrorCode::Unauthorized,
        "shutting-down" => ErrorCode::ShuttingDown,
        _ => ErrorCode::Unknown,
    }
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

impl Read for MediaState {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Ok(Self {
            audio: fields.flag("audio")?,
            video: fields.flag("video")?,
            screen: fields.flag("screen")?,
        })
    }
}

impl Read for IceServer {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        let urls = fields.list("urls")?.iter();
        let urls: Option<Vec<String>> = urls.map(|url| url.as_str().map(str::to_owned)).collect();
        Ok(Self {
            urls: urls.ok_or(WrongField("urls"))?,
            username: fields.maybe_string("username")?,
            credential: fields.maybe_string("credential")?,
        })
    }
}

impl Read for IceCandidate {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        let index = fields.maybe_integer("sdpMLineIndex")?;
        let index =
            index.map(|index| u16::try_from(index).map_err(|_| WrongField("sdpMLineIndex")));
        Ok(Self {
            candidate: fields.maybe_string("candidate")?.unwrap_or_default(),
            sdp_mid: fields.maybe_string("sdpMid")?,
            sdp_m_line_index: index.transpose()?,
            username_fragment: fields.maybe_string("usernameFragment")?,
        })
    }
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
