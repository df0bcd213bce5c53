//! The addresses that are the SFU's: those that answers name to clients, as far as they are certain.
//!
//! The relay looks here what a peer's address is: such a datagram is handed over inside the process, and goes to no socket.
//! Invariant: the port of each is one of the SFU's own sockets, and no address stands here on a client's word. So whoever makes up an
//! address cannot have what others send there end here.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use parking_lot::RwLock;

/// So many places are known at most: of each address of the machine those of eight threads.
const MOST_PLACES: usize = 512;

/// The SFU's addresses, each with the number of the thread behind it. Without an SFU there are none.
#[derive(Debug, Default)]
pub(crate) struct MediaPlaces(RwLock<HashMap<SocketAddr, usize>>);

impl MediaPlaces {
    /// Notes that these addresses are a thread's.
    pub(crate) fn note(&self, shard: usize, addresses: &[SocketAddr]) {
        let places = self.0.read();
        if addresses.iter().all(|address| places.contains_key(address)) {
            return;
        }
        drop(places);
        let mut places = self.0.write();
        for address in addresses {
            if places.len() < MOST_PLACES {
                places.insert(*address, shard);
            }
        }
    }

    /// Finds the thread that an address leads to.
    pub(super) fn shard_at(&self, address: SocketAddr) -> Option<usize> {
        self.0.read().get(&address).copied()
    }

    /// Says whether the SFU is at this address and port.
    pub(crate) fn has(&self, address: SocketAddr) -> bool {
        self.0.read().contains_key(&address)
    }

    /// Says whether the SFU has a port of this address.
    pub(crate) fn has_address(&self, address: IpAddr) -> bool {
        self.0.read().keys().any(|place| place.ip() == address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_sfu_is_at_its_ports_and_at_no_other() {
        let places = MediaPlaces::default();
        places.note(1, &[place("172.18.0.2:3481"), place("[fd00::2]:3481")]);
        places.note(0, &[place("172.18.0.2:3480")]);
        assert_eq!(places.shard_at(place("172.18.0.2:3481")), Some(1));
        assert_eq!(places.shard_at(place("172.18.0.2:3480")), Some(0));
        assert!(places.has(place("[fd00::2]:3481")) && !places.has(place("172.18.0.2:22")));
        assert!(places.has_address("172.18.0.2".parse().unwrap()));
        assert!(!places.has_address("172.18.0.3".parse().unwrap()));
    }

    #[test]
    fn there_are_never_more_places_than_so_many_and_the_first_stay() {
        let places = MediaPlaces::default();
        for number in 0..2_000_u16 {
            let [high, low] = number.to_be_bytes();
            places.note(0, &[SocketAddr::new([10, 0, high, low].into(), 3480)]);
        }
        assert_eq!(places.0.read().len(), MOST_PLACES);
        assert!(places.has(place("10.0.0.0:3480")));
    }
}
