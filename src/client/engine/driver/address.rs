//! Whether this computer's address shows: which candidates connections may use, now and from now on.

use leptos::prelude::*;

use super::engine::Engine;
use crate::protocol::IceTransportPolicy;
use crate::room::{AddressChoice, AddressPrivacy, CallAction, Event, Notice};

impl Engine {
    /// What connections are opened with.
    pub(super) fn ice_transport_policy(&self) -> IceTransportPolicy {
        let wanted = self.memory.preferences().address;
        self.page.session.state.with_untracked(|state| {
            state
                .call()
                .map(|call| call.ice_transport_policy(wanted))
                .unwrap_or_default()
        })
    }

    /// Remembers the choice, and follows it in the connections there are.
    pub(super) fn set_address_privacy(&mut self, privacy: AddressPrivacy) {
        let before = self.ice_transport_policy();
        self.memory
            .change(|preferences| preferences.address = privacy);
        let policy = self.ice_transport_policy();
        if policy != before {
            self.connections.set_ice_transport_policy(policy);
            self.apply(Event::Action(CallAction::FindNewWays));
        }
    }

    /// Says so, before the first connection of a call, when a wish to hide cannot be followed.
    pub(super) fn warn_of_shown_address(&self) {
        let choice = self
            .page
            .session
            .state
            .with_untracked(|state| state.call().map(|call| call.address_choice()));
        if self.connections.is_empty()
            && self.memory.preferences().address == AddressPrivacy::Hidden
            && choice == Some(AddressChoice::NoRelay)
        {
            self.page.session.notify(Notice::AddressNotHidden);
        }
    }
}
