//! What a tile shows.

use crate::room::participant::Participant;

/// One tile: a face or a shared screen, and whose.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TileId {
    /// Somebody's camera, or their initials while it is off.
    Camera(Participant),
    /// Somebody's shared screen.
    Screen(Participant),
}

impl TileId {
    /// Whose tile it is.
    pub fn participant(&self) -> &Participant {
        match self {
            Self::Camera(participant) | Self::Screen(participant) => participant,
        }
    }
}
