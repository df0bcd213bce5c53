//! What somebody without a seat learns of the ICE servers, to check their connection before they join.

use serde::{Deserialize, Serialize};

use super::ice::{IceServer, IceTransportPolicy};

/// The answer to a visitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum CheckServers {
    /// These may be tried, for a short while.
    #[serde(rename_all = "camelCase")]
    Granted {
        /// `RTCConfiguration.iceServers`, with credentials of the visitor's own.
        ice_servers: Vec<IceServer>,
        /// Which candidates the operator lets clients use in calls.
        ice_transport_policy: IceTransportPolicy,
    },
    /// There were too many checks from the visitor's address, or altogether, within the last minutes.
    TooMany,
}
