//! Who can be reached over the SFU.

use serde::{Deserialize, Serialize};

use crate::protocol::message::words;

words! {
    /// How somebody stands with the SFU.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
    pub enum SfuAvailability {
        /// They could use it.
        Able = "able",
        /// It hears them.
        Ready = "ready";
        /// They cannot reach it; also what is taken for a standing that is not known.
        #[serde(other)]
        Unable = "unable"
    }
}

impl SfuAvailability {
    /// Whether they can be reached over it.
    pub const fn is_reached(self) -> bool {
        matches!(self, Self::Able | Self::Ready)
    }
}

/// What a client says of its connection to the SFU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SfuFault {
    /// It could be had again.
    Able,
    /// It cannot be had.
    Unable {
        /// How far it came, in the words of the page's diagnosis; for the operator's log.
        #[serde(default)]
        stage: String,
    },
}
