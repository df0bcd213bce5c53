//! Whether the others may learn this computer's address.

use serde::{Deserialize, Serialize};

/// The user wants their address known to the others, or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressPrivacy {
    /// Connections take the shortest way.
    #[default]
    Shown,
    /// Everything goes through a relay.
    Hidden,
}
