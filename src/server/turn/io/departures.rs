//! What ends with somebody's membership.
//!
//! Invariant: of whoever left no allocation is open when they count as gone, whichever core has it. No lock is held while
//! another is waited for.

use std::sync::{Arc, Weak};

use super::relay::SharedRelays;
use crate::protocol::PeerId;
use crate::server::turn::core::members::AllocationsOfMembers;

/// Ends the allocations of whoever leaves.
#[derive(Debug)]
pub(super) struct Departures(Weak<SharedRelays>);

impl Departures {
    /// Ends those of these relays. It does not keep them running.
    pub(super) fn of(shared: &Arc<SharedRelays>) -> Self {
        Self(Arc::downgrade(shared))
    }
}

impl AllocationsOfMembers for Departures {
    fn end_all_of(&self, peer: &PeerId) {
        let Some(shared) = self.0.upgrade() else {
            return;
        };
        let person = peer.as_str();
        for client in shared.rules.accounts.clients_of(person) {
            shared.core_of(&client).end_if_of(&client, person);
        }
    }
}
