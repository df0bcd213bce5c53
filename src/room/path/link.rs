//! How far the connection has come that somebody's media reaches us over, whichever that is.

use super::diagnosis::ConnectionStage;
use super::state::PathState;

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The user sees it in this state.
    pub state: PathState,
    /// The attempt to set it up has come this far.
    pub stage: ConnectionStage,
    /// It is this one of the two there can be.
    pub carrier: Carrier,
}

/// One of the two connections that somebody's media can reach us over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Carrier {
    /// The one directly between the two of us.
    Direct,
    /// Our one to the SFU.
    Hub,
}

impl Carrier {
    /// The one that this is not.
    #[must_use]
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Direct => Self::Hub,
            Self::Hub => Self::Direct,
        }
    }
}
