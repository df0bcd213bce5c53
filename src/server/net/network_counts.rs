//! How many things that are shared out by address each network has.
//!
//! Pure. Invariant: a network counts what was added for it and not removed again, and one that has nothing is not remembered.

use std::collections::HashMap;

use ipnet::IpNet;

use super::client_networks::{ClientNetworks, NetworkShare};

/// What each network has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NetworkCounts {
    /// One client may have so many.
    most_of_one: usize,
    /// Those that have any have so many.
    counts: HashMap<IpNet, usize>,
}

impl NetworkCounts {
    /// Begins with nothing. One client may have `most_of_one`.
    pub(crate) fn new(most_of_one: usize) -> Self {
        Self {
            most_of_one,
            counts: HashMap::new(),
        }
    }

    /// Says whether a network has as much as it may.
    pub(crate) fn is_used_up(&self, share: NetworkShare) -> bool {
        let count = self.counts.get(&share.network).copied().unwrap_or_default();
        count >= share.of(self.most_of_one)
    }

    /// Says whether a client may have one more.
    pub(crate) fn has_one_for(&self, client: ClientNetworks) -> bool {
        !client.shares().any(|share| self.is_used_up(share))
    }

    /// Notes that a client has one more, whether it may or not.
    pub(crate) fn add(&mut self, client: ClientNetworks) {
        for share in client.shares() {
            *self.counts.entry(share.network).or_default() += 1;
        }
    }

    /// Notes that a client has one less.
    pub(crate) fn remove(&mut self, client: ClientNetworks) {
        for share in client.shares() {
            if let Some(count) = self.counts.get_mut(&share.network) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&share.network);
                }
            }
        }
    }

    /// Says whether nobody has anything.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> ClientNetworks {
        ClientNetworks::of(address.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_client_has_its_share_and_a_site_that_of_four() {
        let mut counts = NetworkCounts::new(3);
        let taken: Vec<ClientNetworks> = (0..100)
            .map(|number| client(&format!("2001:db8:0:{:x}::{number:x}", number / 10)))
            .filter(|client| {
                let has_one = counts.has_one_for(*client);
                if has_one {
                    counts.add(*client);
                }
                has_one
            })
            .collect();
        let first = client("2001:db8::1");
        let of_first = taken.iter().filter(|client| **client == first).count();
        assert_eq!((of_first, taken.len()), (3, 12));
        assert!(!counts.has_one_for(client("2001:db8:0:ffff::1")));
        for other in ["2001:db8:1::1", "192.0.2.1"] {
            assert!(counts.has_one_for(client(other)), "{other}");
        }
        counts.remove(first);
        assert!(counts.has_one_for(client("2001:db8:0:ffff::1")));
        for client in &taken[1..] {
            counts.remove(*client);
        }
        assert!(counts.is_empty(), "{counts:?}");
    }
}
