//! What a client says to the server.

use serde::{Deserialize, Serialize};

use super::ice::IceCandidate;
use crate::protocol::id::{PeerId, ResumeToken};
use crate::protocol::media::MediaState;
use crate::protocol::participant_kind::ParticipantKind;
use crate::protocol::sfu::{SfuFault, Watch};

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
        /// What joins. An extension; absent means a person.
        #[serde(default, skip_serializing_if = "ParticipantKind::is_person")]
        kind: ParticipantKind,
        /// The highest version of the SFU's extension that is spoken. An extension; absent and 0 mean none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sfu: Option<u32>,
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
    /// What is to be seen and not to be heard over the SFU.
    Watch(Watch),
    /// The client shows nobody any more in whose place a slot map has put somebody else.
    SlotsSeen {
        /// The map's number; those before it are seen too.
        number: u32,
    },
    /// Whether the SFU can be had.
    SfuState(SfuFault),
    /// Whether the direct connections are too much for the client; said when it changes, and at most every 5 s.
    Strain {
        /// The line up does not carry what would have to be sent.
        uplink: bool,
        /// The processor does not keep up with what is sent.
        processor: bool,
    },
    /// Leave now; the seat is not kept.
    Leave,
}
