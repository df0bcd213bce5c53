//! What a tile shows.

use crate::room::participant::Participant;

/// A tile is a face or a shared screen, and somebody's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TileId {
    /// The tile shows somebody's camera, or their initials while it is off.
    Camera(Participant),
    /// The tile shows somebody's shared screen.
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
