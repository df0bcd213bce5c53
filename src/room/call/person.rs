//! A person in the room, as the server and they themselves describe them. A device is one of them, but for what people are
//! for: it is not counted, and has a tile only while there is something to be seen.
//!
//! A person is not a connection: their media reaches us over a path, and whoever has none is in the room all the same.

use super::paused::PausedPictures;
use crate::protocol::sfu::SfuAvailability;
use crate::protocol::{DisplayName, MediaState, ParticipantKind, PeerId};
use crate::room::moment::Moment;
use crate::room::participant::Hand;
use crate::room::path::id::PathId;
use crate::room::path::link::Carrier;
use crate::room::path::need::Need;
use crate::room::path::stall::Awaited;
use crate::room::sending::view::ViewSize;

/// Somebody else in the room.
#[derive(Clone, Debug)]
pub struct Person {
    /// The server names them by this id, which outlives their connections.
    pub id: PeerId,
    /// They gave this name themselves.
    pub given: DisplayName,
    /// They are shown under this name: others are not called like it.
    pub name: DisplayName,
    /// They say that they are this.
    pub kind: ParticipantKind,
    /// They say that they send this.
    pub media: MediaState,
    /// Their hand is up or down.
    pub hand: Hand,
    /// The server hears from them, or waits for them.
    pub presence: Presence,
    /// They stand like this with the SFU; nothing when they do not speak to it.
    pub sfu: Option<SfuAvailability>,
    /// This is the path directly between the two of us, if there is one; see [`Call::path_to`](super::state::Call::path_to).
    pub direct: Option<PathId>,
    /// The direct path is needed for this.
    pub need: Need,
    /// Something that they send does not come over this carrier, although it is wished for: it goes on over the other one.
    pub failing: Option<Carrier>,
    /// These pictures of theirs stand still: there is no bandwidth for them.
    pub paused: PausedPictures,
}

impl Person {
    /// Whether it is a program without anybody at it.
    pub fn is_device(&self) -> bool {
        self.kind == ParticipantKind::Device
    }

    /// Whether there is a tile of them: of people always, of a device while it sends a picture.
    pub fn has_tile(&self) -> bool {
        !self.is_device() || self.media.video || self.media.screen
    }

    /// Whether something of theirs should arrive all the time on the direct path while this much of their camera is watched.
    pub fn awaited(&self, camera: ViewSize) -> Awaited {
        if self.need != Need::Media {
            return Awaited::Nothing;
        }
        if self.media.audio || (self.media.video && camera != ViewSize::Hidden) {
            Awaited::Something
        } else {
            Awaited::Nothing
        }
    }
}

/// The server hears from a person or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Their socket is open.
    Here,
    /// Their socket dropped at this moment; the seat is kept. Media may well go on.
    Away(Moment),
}
