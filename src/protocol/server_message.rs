//! What the server says to a client.

use serde::Deserialize;

use super::ice::{IceCandidate, IceServer, IceTransportPolicy};
use crate::protocol::error::ProtocolError;
use crate::protocol::fields::deserialize_by_reading;
use crate::protocol::id::{PeerId, ResumeToken};
use crate::protocol::limits::Limits;
use crate::protocol::media::MediaState;
use crate::protocol::message::{message, words};
use crate::protocol::participant_kind::ParticipantKind;
use crate::protocol::sfu::{SfuAvailability, SfuTerms};

message! {
    /// What the server says.
    #[derive(Clone, Debug, PartialEq)]
    pub enum ServerMessage {
        /// The answer to `join`: always the whole room.
        Welcome = "welcome" {
            /// The client's own id.
            peer: PeerId = "peer",
            /// The token for the next `join`.
            resume: ResumeToken = "resume",
            /// Whether the seat was taken back.
            resumed: bool = "resumed",
            /// The room's name.
            room: String = "room",
            /// Everyone else, in order of arrival.
            peers: Vec<PeerInfo> = "peers",
            /// `RTCConfiguration.iceServers`.
            ice_servers: Vec<IceServer> = "iceServers",
            /// Which candidates the operator lets clients use. An extension; absent means all.
            ice_transport_policy: IceTransportPolicy = "iceTransportPolicy" [default, skip_serializing_if = "IceTransportPolicy::is_all"],
            /// What the server allows.
            limits: Limits = "limits",
            /// True while the server has just restarted: people missing from `peers` may still be coming back. An extension.
            recovering: bool = "recovering" [default, skip_serializing_if = "std::ops::Not::not"],
            /// The terms of the SFU. An extension; absent where there is none, and for clients that do not speak to it.
            sfu: Option<SfuTerms> = "sfu" [default, skip_serializing_if = "Option::is_none"],
        },
        /// Somebody came.
        PeerJoined = "peer-joined" {
            /// Who.
            peer: PeerId = "peer",
            /// What they are called.
            name: String = "name",
            /// What they send.
            media: MediaState = "media",
            /// What they are. An extension; absent means a person.
            kind: ParticipantKind = "kind" [default, skip_serializing_if = "ParticipantKind::is_person"],
            /// How they stand with the SFU. An extension; absent means that they do not speak to it.
            sfu: Option<SfuAvailability> = "sfu" [default, skip_serializing_if = "Option::is_none"],
        },
        /// Somebody went.
        PeerLeft = "peer-left" {
            /// Who.
            peer: PeerId = "peer",
            /// Why.
            reason: DepartureReason = "reason",
        },
        /// Somebody's socket dropped; the seat is kept.
        PeerAway = "peer-away" {
            /// Who.
            peer: PeerId = "peer",
        },
        /// Somebody who was away is back.
        PeerBack = "peer-back" {
            /// Who.
            peer: PeerId = "peer",
        },
        /// Somebody switched something on or off.
        PeerMedia = "peer-media" {
            /// Who.
            peer: PeerId = "peer",
            /// What they send now.
            media: MediaState = "media" [flatten],
        },
        /// Somebody raised or lowered a hand.
        PeerHand = "peer-hand" {
            /// Who.
            peer: PeerId = "peer",
            /// Whether it is up.
            raised: bool = "raised",
        },
        /// A relayed offer.
        Offer = "offer" {
            /// The sender, written by the server.
            from: PeerId = "from",
            /// The description.
            sdp: String = "sdp",
            /// As the sender numbered it.
            serial: Option<u32> = "serial" [default, skip_serializing_if = "Option::is_none"],
        },
        /// A relayed answer.
        Answer = "answer" {
            /// The sender, written by the server.
            from: PeerId = "from",
            /// The description.
            sdp: String = "sdp",
            /// The number of the offer it answers.
            serial: Option<u32> = "serial" [default, skip_serializing_if = "Option::is_none"],
        },
        /// A relayed candidate.
        IceCandidate = "ice-candidate" {
            /// The sender, written by the server.
            from: PeerId = "from",
            /// The candidate, `None` for the end of candidates.
            candidate: Option<IceCandidate> = "candidate",
        },
        /// Fresh credentials.
        IceServers = "ice-servers" {
            /// Replaces the list of the `welcome`.
            ice_servers: Vec<IceServer> = "iceServers",
        },
        /// A refusal.
        Error = "error" (ProtocolError),
    }
}

deserialize_by_reading!(ServerMessage);

message! {
    /// One person of a `welcome`.
    #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
    pub struct PeerInfo {
        /// Who.
        pub peer: PeerId = "peer",
        /// What they are called.
        pub name: String = "name",
        /// What they send.
        pub media: MediaState = "media",
        /// Whether their hand is up.
        pub hand: bool = "hand",
        /// The place of their hand among those that are up, from 1, in the order they went up. An extension; absent when it
        /// is down, and from servers that do not know.
        pub hand_place: Option<u32> = "handPlace" [default, skip_serializing_if = "Option::is_none"],
        /// True while their socket is down and the seat is kept. An extension; absent means present.
        pub away: bool = "away" [default, skip_serializing_if = "std::ops::Not::not"],
        /// What they are. An extension; absent means a person.
        pub kind: ParticipantKind = "kind" [default, skip_serializing_if = "ParticipantKind::is_person"],
        /// How they stand with the SFU. An extension; absent means that they do not speak to it.
        pub sfu: Option<SfuAvailability> = "sfu" [default, skip_serializing_if = "Option::is_none"],
    }
}

words! {
    /// Why somebody is gone.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
    pub enum DepartureReason {
        /// They said `leave`.
        Left = "left",
        /// Their seat was kept in vain.
        Lost = "lost",
        /// They were removed.
        Kicked = "kicked",
    }
}
