//! A person in the room, and the path their media takes to us.
//!
//! The ui speaks of people and their tracks, never of connections: [`PathState`] is all it learns of a path.

use crate::protocol::{DisplayName, MediaState, PeerId};

use super::event::Moment;
use crate::room::path::diagnosis::{ConnectionStage, PathAttempt, PathFailure, PathProgress};
use crate::room::path::negotiation::Negotiation;
use crate::room::path::recovery::Recovery;
use crate::room::path::stall::{Awaited, StallDetector};
use crate::room::sending::ViewSize;

/// Somebody else in the room.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub id: PeerId,
    /// What they are called.
    pub name: DisplayName,
    /// What they say they send.
    pub media: MediaState,
    /// Whether their hand is up, and since when.
    pub hand: Hand,
    /// Whether the server hears from them.
    pub presence: Presence,
    /// How their media reaches us.
    pub link: PathState,
    /// The mesh path to them. Private to the model.
    pub(crate) negotiation: Negotiation,
    /// How far the attempt to reach them has come.
    pub(crate) attempt: PathAttempt,
    /// Whether anything arrives on it.
    pub(crate) arrivals: StallDetector,
    /// Its repair.
    pub(crate) recovery: Recovery,
}

impl Person {
    /// Whether pictures are worth sending: something arrives from them, so what is sent probably does, too. What is sent
    /// into a void is asked for again later, and shown too late.
    pub fn gets_pictures(&self) -> bool {
        !matches!(self.link, PathState::Interrupted(_)) && !self.arrivals.is_quiet()
    }

    /// Whether something of theirs should arrive all the time while this much of their camera is watched.
    pub fn awaited(&self, camera: ViewSize) -> Awaited {
        if self.media.audio || (self.media.video && camera != ViewSize::Hidden) {
            Awaited::Something
        } else {
            Awaited::Nothing
        }
    }

    /// Whether what arrives from them must be counted: where silence would be trouble, and until doubt or trouble is over.
    pub fn is_listened_for(&self, camera: ViewSize) -> bool {
        self.awaited(camera) == Awaited::Something
            || self.link != PathState::Connected
            || !self.gets_pictures()
    }

    /// How far their connection has come.
    pub fn stage(&self) -> ConnectionStage {
        let progress = if self.negotiation.is_connected() {
            PathProgress::Connected
        } else if self.negotiation.is_settled() {
            PathProgress::Negotiated
        } else {
            PathProgress::Negotiating
        };
        self.attempt.stage(progress)
    }
}

/// Whether the server hears from a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Their socket is open.
    Here,
    /// Their socket dropped at this moment; the seat is kept. Media may well go on.
    Away(Moment),
}

/// How a person's media reaches us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathState {
    /// Being set up since this moment.
    Connecting(Moment),
    /// Media can flow.
    Connected,
    /// It broke at this moment and is being repaired.
    Interrupted(Moment),
    /// It could not be set up or repaired; attempts become rare.
    Failed(PathFailure),
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
