//! Which of a client's receiving sections carries whom.

use serde::Deserialize;

use super::track::Track;
use crate::protocol::id::PeerId;
use crate::protocol::message::message;

message! {
    /// Every slot of a client that carries somebody; each map replaces the one before.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct SlotMap {
        /// Newer maps have higher numbers.
        pub number: u32 = "number",
        /// The slots that carry somebody.
        pub slots: Vec<Slot> = "slots",
    }
}

message! {
    /// A receiving section, and whom it carries.
    #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
    pub struct Slot {
        /// The section's `mid` (RFC 8843) in the client's description.
        pub mid: String = "mid",
        /// Whom it carries.
        pub peer: PeerId = "peer",
        /// Which of their tracks.
        pub track: Track = "track",
        /// The RTP timestamp of their first frame here, once it is known. What came before is of somebody else.
        pub from: Option<u32> = "from" [default, skip_serializing_if = "Option::is_none"],
        /// There is no bandwidth for it at the moment.
        pub paused: bool = "paused" [default, skip_serializing_if = "std::ops::Not::not"],
    }
}
