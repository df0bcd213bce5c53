//! What the SFU sends to clients of the relay, handed over inside the process.
//!
//! Invariant: it passes the same rules as what comes to a relay's socket: the client has to have permitted the SFU's address, and the
//! bytes count for the same quotas. It is sent on the SFU's own thread, which waits for one message's lock at most.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use super::endpoint::HEADROOM;
use super::relay::SharedRelays;
use super::socket::INDICATION;
use crate::server::sfu::RelayClients;

/// The clients of the relay, as the SFU reaches them.
pub(super) struct FromMedia(Weak<SharedRelays>);

impl FromMedia {
    /// The way to the clients of these relays, for as long as there are those.
    pub(super) fn to(shared: &Arc<SharedRelays>) -> Box<dyn RelayClients> {
        Box::new(Self(Arc::downgrade(shared)))
    }
}

/// A thread of the SFU writes what it passes on into this.
#[derive(Default)]
struct Scratch {
    /// The datagram stands here, after the space for a header.
    framed: Vec<u8>,
    /// A Data indication is written into this when no channel is bound.
    indication: Vec<u8>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl RelayClients for FromMedia {
    fn pass(&self, relay: SocketAddr, from: SocketAddr, datagram: &[u8]) {
        let Some(shared) = self.0.upgrade() else {
            return;
        };
        let Some(relay) = shared.neighbour(relay) else {
            return;
        };
        SCRATCH.with_borrow_mut(|Scratch { framed, indication }| {
            framed.clear();
            framed.extend_from_slice(&[0; HEADROOM]);
            framed.extend_from_slice(datagram);
            let most = framed.len() + INDICATION;
            if indication.len() < most {
                indication.resize(most, 0);
            }
            let now = shared.clock.now();
            relay.pass(&shared, framed, from, now, indication);
        });
    }
}
