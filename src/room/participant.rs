//! Whose a track is, what it shows, and whether a hand is up.

use crate::protocol::PeerId;

/// A track is mine or somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Participant {
    /// The track is mine.
    Me,
    /// The track is this person's.
    Peer(PeerId),
}

/// A track shows or lets hear one of these. A connection carries one transceiver of each, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TrackKind {
    /// The track lets hear the voice.
    Microphone,
    /// The track shows the face.
    Camera,
    /// The track lets hear what the shared screen sounds like.
    ScreenAudio,
    /// The track shows the shared screen.
    ScreenVideo,
}

impl TrackKind {
    /// All kinds, in the order of the transceivers.
    pub const ALL: [Self; 4] = [
        Self::Microphone,
        Self::Camera,
        Self::ScreenAudio,
        Self::ScreenVideo,
    ];

    /// The media type of its section (RFC 8866 section 5.14), which `MediaStreamTrack.kind` repeats.
    pub fn medium(self) -> &'static str {
        match self {
            Self::Microphone | Self::ScreenAudio => "audio",
            Self::Camera | Self::ScreenVideo => "video",
        }
    }
}

/// A hand is down or up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hand {
    /// The hand is down.
    #[default]
    Lowered,
    /// The hand is up.
    Raised,
}

impl From<bool> for Hand {
    fn from(raised: bool) -> Self {
        if raised { Self::Raised } else { Self::Lowered }
    }
}
