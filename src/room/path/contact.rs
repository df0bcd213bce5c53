//! Whether what is said to the other end of a path gets there.

use super::diagnosis::PathFailure;
use super::negotiation::terms::Reachability;

/// The server stands like this between us and the other end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contact {
    /// It hears us, and the other end hears it.
    Open,
    /// The server is being asked whether it hears us: what is said may be lost, and repairs wait for the answer.
    Doubtful,
    /// It hears us, and the other end does not hear it.
    TheyAreAway,
    /// It does not hear us.
    Offline,
}

impl Contact {
    /// Whether messages reach the other end, as negotiation asks.
    pub(crate) fn reachability(self) -> Reachability {
        match self {
            Self::Open | Self::Doubtful => Reachability::Present,
            Self::TheyAreAway | Self::Offline => Reachability::Absent,
        }
    }

    /// Whether a repair would be heard of: it waits otherwise.
    pub(crate) fn takes_repairs(self) -> bool {
        match self {
            Self::Open => true,
            Self::Doubtful | Self::TheyAreAway | Self::Offline => false,
        }
    }

    /// What explains a failure better than how far the attempt came; `None` when nothing does.
    pub(crate) fn failure(self) -> Option<PathFailure> {
        match self {
            Self::Open | Self::Doubtful => None,
            Self::TheyAreAway => Some(PathFailure::TheyAreAway),
            Self::Offline => Some(PathFailure::Offline),
        }
    }
}
