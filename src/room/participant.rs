//! Whose a track is, what it shows, and whether a hand is up.

use crate::protocol::PeerId;

/// Whose track it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Participant {
    /// Mine.
    Me,
    /// Somebody else's.
    Peer(PeerId),
}

/// What a track shows or lets hear. A connection carries one transceiver of each, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TrackKind {
    /// The voice.
    Microphone,
    /// The face.
    Camera,
    /// What the shared screen sounds like.
    ScreenAudio,
    /// The shared screen.
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
}

/// A hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hand {
    /// Down.
    #[default]
    Lowered,
    /// Up.
    Raised,
}

impl From<bool> for Hand {
    fn from(raised: bool) -> Self {
        if raised { Self::Raised } else { Self::Lowered }
    }
}
