//! A person in the room, and the path their media takes to us.
//!
//! The ui speaks of people and their tracks, never of connections: [`PathState`] is all it learns of a path.

use crate::protocol::{DisplayName, MediaState, PeerId};
use crate::room::moment::Moment;
use crate::room::participant::Hand;
use crate::room::path::diagnosis::{ConnectionStage, PathAttempt, PathProgress};
use crate::room::path::negotiation::Negotiation;
use crate::room::path::recovery::Recovery;
use crate::room::path::stall::{Awaited, StallDetector};
use crate::room::path::state::PathState;
use crate::room::sending::view::ViewSize;

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
