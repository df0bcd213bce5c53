//! Whether the others in a call may learn this computer's address.
//!
//! Invariant: where the operator hides everyone's address, nobody's wish shows it; and a wish to hide it is followed
//! wherever there is a relay to hide behind.

use super::state::Call;
use crate::protocol::IceTransportPolicy;
use crate::room::path::address_privacy::AddressPrivacy;

/// The wish to hide the address becomes this in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressChoice {
    /// The user chooses.
    Free,
    /// The operator has decided that all addresses are hidden.
    HiddenForAll,
    /// There is no relay to hide behind.
    NoRelay,
}

impl Call {
    /// What the user can choose here.
    pub fn address_choice(&self) -> AddressChoice {
        let urls = self.ice_servers.iter().flat_map(|server| &server.urls);
        let relays = urls.into_iter().any(|url| url.starts_with("turn"));
        match (self.ice_transport_policy, relays) {
            (IceTransportPolicy::Relay, _) => AddressChoice::HiddenForAll,
            (IceTransportPolicy::All, true) => AddressChoice::Free,
            (IceTransportPolicy::All, false) => AddressChoice::NoRelay,
        }
    }

    /// Which candidates connections may use, given what the user wants.
    pub fn ice_transport_policy(&self, wanted: AddressPrivacy) -> IceTransportPolicy {
        match (self.address_choice(), wanted) {
            (AddressChoice::HiddenForAll, _) | (AddressChoice::Free, AddressPrivacy::Hidden) => {
                IceTransportPolicy::Relay
            }
            (AddressChoice::NoRelay, _) | (AddressChoice::Free, AddressPrivacy::Shown) => {
                IceTransportPolicy::All
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/address_choice.rs"]
mod tests;
