//! How somebody stands with the SFU, out of what they say themselves and what the SFU says of them.
//!
//! Pure. Invariant: whoever says that they cannot reach it is not said to be heard.

use super::strain::Strain;
use crate::protocol::sfu::SfuAvailability;

/// How somebody who speaks to the SFU stands with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SfuStanding {
    /// The SFU hears them.
    pub(super) is_heard: bool,
    /// They say that they cannot reach it.
    pub(super) is_unable: bool,
    /// Direct connections cost them this.
    pub(super) strain: Strain,
}

impl SfuStanding {
    /// Says what the others are told. Whoever cannot hear the SFU has to be reached otherwise, although it hears them.
    pub(super) fn availability(self) -> SfuAvailability {
        match self {
            Self {
                is_unable: true, ..
            } => SfuAvailability::Unable,
            Self { is_heard: true, .. } => SfuAvailability::Ready,
            Self { .. } => SfuAvailability::Able,
        }
    }

    /// Gives the standing of somebody who comes back to their seat: the SFU goes on hearing them, and what they said of it
    /// over their last connection is forgotten, but for what is remembered of their strain.
    pub(super) fn of_return(before: Option<Self>) -> Self {
        let before = before.unwrap_or_default();
        Self {
            is_heard: before.is_heard,
            is_unable: false,
            strain: before.strain.of_return(),
        }
    }
}
