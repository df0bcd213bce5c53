//! Whether this computer's address shows: which candidates connections may use, now and from now on.

use leptos::prelude::*;

use super::Engine;
use crate::protocol::IceTransportPolicy;
use crate::room::{AddressChoice, AddressPrivacy, CallAction, Event, Notice};

impl Engine {
    /// What connections are opened with.
    pub(super) fn ice_transport_policy(&self) -> IceTransportPolicy {
        let wanted = self.preferences.address;
        self.session.state.with_untracked(|state| {
            state
                .call()
                .map(|call| call.ice_transport_policy(wanted))
                .unwrap_or_default()
        })
    }

    /// Remembers the choice, and follows it in the connections there are.
    pub(super) fn set_address_privacy(&mut self, privacy: AddressPrivacy) {
        let before = self.ice_transport_policy();
        self.preferences.address = privacy;
        self.remember();
        let policy = self.ice_transport_policy();
        if policy != before {
            for peer in self.peers.values_mut() {
                peer.set_ice_transport_policy(policy);
            }
            self.apply(Event::Intent(CallAction::FindNewWays));
        }
    }

    /// Says so, before the first connection of a call, when a wish to hide cannot be followed.
    pub(super) fn warn_of_shown_address(&self) {
        let choice = self
            .session
            .state
            .with_untracked(|state| state.call().map(|call| call.address_choice()));
        if self.peers.is_empty()
            && self.preferences.address == AddressPrivacy::Hidden
            && choice == Some(AddressChoice::NoRelay)
        {
            self.session.notify(Notice::AddressNotHidden);
        }
    }
}
