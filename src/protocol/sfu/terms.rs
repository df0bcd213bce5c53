//! Whether a room goes through the SFU, and why.

use serde::Deserialize;

use crate::protocol::id::PeerId;
use crate::protocol::message::{message, words};

message! {
    /// What a newcomer who can use the SFU is told about it. A decision of another run of the server is another, whatever its
    /// number.
    #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
    pub struct SfuTerms {
        /// Descriptions for the SFU are addressed to this id.
        pub peer: PeerId = "peer",
        /// This run of the server. Another one knows nothing of connections of an earlier one.
        pub run: String = "run",
        /// Whether the room goes through it now.
        pub r#use: SfuUse = "use",
        /// The number of this decision; the highest counts.
        pub number: u32 = "number",
        /// Direct paths are kept beside the SFU in small rooms; absent means that they are not.
        pub standby: bool = "standby" [default, skip_serializing_if = "std::ops::Not::not"],
        /// So many bit/s of content of files it takes from each person, or none with 0; absent where a server does not say.
        pub files: Option<u64> = "files" [default, skip_serializing_if = "Option::is_none"],
    }
}

impl SfuTerms {
    /// The id of the SFU in every room. Those of peers are longer.
    pub const PEER: &str = "sfu";
}

words! {
    /// Whether a room goes through the SFU.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
    pub enum SfuUse {
        /// Media and data go through it.
        On = "on";
        /// Everyone reaches everyone directly; also what is taken for a word that is not known.
        #[serde(other)]
        Off = "off"
    }
}

words! {
    /// Why a room goes through the SFU or not.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
    pub enum SfuReason {
        /// There are so many people, or so few.
        People = "people",
        /// The calls directly between people are too much for somebody's line or processor.
        Strain = "strain",
        /// Whoever runs the server wants it so.
        Operator = "operator",
        /// Whoever owns the room wants it so.
        Owner = "owner",
        /// The server is about to restart.
        Restart = "restart";
        /// A reason of a newer server.
        #[serde(other)]
        Unknown = "unknown"
    }
}
