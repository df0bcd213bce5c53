//! The four things somebody can send.

use serde::Deserialize;

use crate::protocol::message::words;

words! {
    /// One of the four things somebody can send.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
    pub enum Track {
        /// Their voice.
        Microphone = "microphone",
        /// Their face.
        Camera = "camera",
        /// What their shared screen sounds like.
        ScreenAudio = "screen-audio",
        /// Their shared screen.
        ScreenVideo = "screen-video",
    }
}

impl Track {
    /// All of them, in the order of the sections in which they are sent.
    pub const ALL: [Self; 4] = [
        Self::Microphone,
        Self::Camera,
        Self::ScreenAudio,
        Self::ScreenVideo,
    ];

    /// Whether it is looked at, not listened to.
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Camera | Self::ScreenVideo)
    }
}
