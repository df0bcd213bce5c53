//! What somebody says they send.

use serde::Deserialize;

use crate::protocol::message::message;

message! {
    /// What somebody sends.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
    pub struct MediaState {
        /// The microphone is on and not muted.
        pub audio: bool = "audio",
        /// The camera is on.
        pub video: bool = "video",
        /// The screen is shared.
        pub screen: bool = "screen",
    }
}
