//! Somebody's place among those of their address who wait for a new seat.
//!
//! Invariant: it is counted exactly as long as it is waited for, which is never longer than they can: whoever goes away
//! makes place for others.

use std::sync::Arc;

use tokio::time::sleep_until;

use super::seat::JoinRefusal;
use super::shared::SharedRooms;
use crate::server::clock::UnixMillis;
use crate::server::net::client_networks::ClientNetworks;

/// The place of somebody who waits.
pub(super) struct AddressTurn {
    /// The places of all addresses are counted here.
    shared: Arc<SharedRooms>,
    /// It counts for these networks.
    networks: ClientNetworks,
    /// The turn comes then.
    due: UnixMillis,
    /// They can wait until then.
    latest: UnixMillis,
    /// Somebody still waits here.
    is_waited_for: bool,
}

impl AddressTurn {
    /// Holds the place of somebody who was just told to wait until `due`, and can until `latest`.
    pub(super) fn new(
        shared: Arc<SharedRooms>,
        networks: ClientNetworks,
        due: UnixMillis,
        latest: UnixMillis,
    ) -> Self {
        Self {
            shared,
            networks,
            due,
            latest,
            is_waited_for: true,
        }
    }

    /// Ends when their turn has come.
    ///
    /// # Errors
    /// [`JoinRefusal::TooManyAtOnce`] when it has not come in time, because others of the network took places anew.
    pub(super) async fn come(mut self) -> Result<(), JoinRefusal> {
        while self.is_waited_for {
            sleep_until(self.shared.clock.instant(self.due)).await;
            let now = self.shared.clock.now();
            match self.shared.arrivals.lock().enter(self.networks, now) {
                Ok(()) => self.is_waited_for = false,
                Err(later) if later > self.latest => return Err(JoinRefusal::TooManyAtOnce),
                Err(later) => self.due = later,
            }
        }
        Ok(())
    }
}

impl Drop for AddressTurn {
    fn drop(&mut self) {
        if self.is_waited_for {
            self.shared.arrivals.lock().give_up(self.networks);
        }
    }
}
