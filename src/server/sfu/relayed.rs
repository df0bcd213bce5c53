//! Datagrams that go to clients of the relay, inside the process.
//!
//! Invariant: they leave in the order they came in, each time the shard sends. At most [`MOST_PACKETS`] and [`MOST_BYTES`] wait for
//! that; what does not fit is lost and counted.

use std::net::SocketAddr;

use super::door::WayBack;
use super::outgoing::{Flushed, MOST_BYTES, MOST_PACKETS};

/// The datagrams that wait until the shard sends.
#[derive(Debug, Default)]
pub(super) struct Relayed {
    datagrams: Vec<RelayedDatagram>,
    /// They have so many bytes together.
    bytes: usize,
    /// So many were lost since they last left because there was no room for them.
    lost: u64,
}

/// A datagram for a client of the relay.
#[derive(Debug)]
struct RelayedDatagram {
    /// The client's relay has this address.
    relay: SocketAddr,
    /// The client takes the SFU to be at this address.
    from: SocketAddr,
    bytes: Vec<u8>,
}

impl Relayed {
    /// Adds a datagram for the client of the relay at an address, who takes the SFU to be at `from`.
    pub(super) fn push(&mut self, relay: SocketAddr, from: SocketAddr, bytes: Vec<u8>) {
        if self.datagrams.len() >= MOST_PACKETS || self.bytes + bytes.len() > MOST_BYTES {
            self.lost += 1;
            return;
        }
        self.bytes += bytes.len();
        self.datagrams.push(RelayedDatagram { relay, from, bytes });
    }

    /// Counts the datagrams that wait.
    pub(super) fn count(&self) -> usize {
        self.datagrams.len()
    }

    /// Passes everything on. What becomes of it there is the relay's to say.
    pub(super) fn leave(&mut self, by: &WayBack) -> Flushed {
        let mut flushed = Flushed {
            lost: std::mem::take(&mut self.lost),
            ..Flushed::default()
        };
        self.bytes = 0;
        for RelayedDatagram { relay, from, bytes } in self.datagrams.drain(..) {
            by.pass(relay, from, &bytes);
            flushed.packets += 1;
            flushed.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        }
        flushed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_lost_and_the_rest_leaves() {
        let mut relayed = Relayed::default();
        let relay: SocketAddr = "203.0.113.9:50000".parse().unwrap();
        let from: SocketAddr = "172.18.0.2:3480".parse().unwrap();
        for _ in 0..MOST_PACKETS + 3 {
            relayed.push(relay, from, vec![7; 10]);
        }
        assert_eq!(relayed.count(), MOST_PACKETS);
        let expected = Flushed {
            packets: MOST_PACKETS as u64,
            bytes: 10 * MOST_PACKETS as u64,
            lost: 3,
            ..Flushed::default()
        };
        assert_eq!(relayed.leave(&WayBack::default()), expected);
        assert_eq!(relayed.leave(&WayBack::default()), Flushed::default());
    }
}
