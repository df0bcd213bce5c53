//! Which connections are open: counted from before their first byte to their end, all together and for each client's networks.
//!
//! Pure. Invariant: there are never more than the limits allow. Where a newcomer finds no place, the oldest connection that has
//! not finished a request yet loses its own; one that has keeps its place until it ends.

use std::collections::{BTreeMap, HashMap};

use super::client_networks::ClientNetworks;
use super::network_counts::NetworkCounts;

/// How many connections are open at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionLimits {
    /// All together, at most so many are.
    pub(crate) most: usize,
    /// Of one address (of IPv6: one /64), at most so many are; of one /48 of IPv6, four times as many.
    pub(crate) most_of_one_address: usize,
}

/// Tells the connections apart; one that came later has a higher number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ConnectionNumber(u64);

/// There is no place for another connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// Every place is taken, by connections that have all finished a request.
    Full,
    /// The address, or the /48 around it, has as many connections as one may have.
    TooManyOfOneAddress,
}

/// The open connections. With each that has not finished a request stands an `H`, by which it is told to go.
#[derive(Debug)]
pub(super) struct ConnectionTable<H> {
    /// There are never more than so many.
    most: usize,
    /// The next connection gets this number.
    next: u64,
    /// Each open connection counts for its client; `None` for those that count for nobody.
    open: HashMap<ConnectionNumber, Option<ClientNetworks>>,
    /// These have not finished a request, the oldest first.
    unfinished: BTreeMap<ConnectionNumber, H>,
    /// So many connections from each network are open.
    of_networks: NetworkCounts,
}

/// A connection has got a place.
#[derive(Debug)]
pub(super) struct Admitted<H> {
    /// The place is given back under this number.
    pub(super) number: ConnectionNumber,
    /// The connection with this handle has lost its place and has to go; `None` when there was a free one.
    pub(super) displaced: Option<H>,
}

impl<H> ConnectionTable<H> {
    /// Begins with no connection.
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self {
            most: limits.most,
            next: 0,
            open: HashMap::new(),
            unfinished: BTreeMap::new(),
            of_networks: NetworkCounts::new(limits.most_of_one_address),
        }
    }

    /// Takes a place for a connection that counts for this client, or for none.
    ///
    /// # Errors
    /// [`NoPlace`] says why there is none.
    pub(super) fn admit(
        &mut self,
        client: Option<ClientNetworks>,
        handle: H,
    ) -> Result<Admitted<H>, NoPlace> {
        if client.is_some_and(|client| !self.of_networks.has_one_for(client)) {
            return Err(NoPlace::TooManyOfOneAddress);
        }
        let mut displaced = None;
        if self.open.len() >= self.most {
            let (oldest, handle) = self.unfinished.pop_first().ok_or(NoPlace::Full)?;
            self.remove(oldest);
            displaced = Some(handle);
        }
        let number = ConnectionNumber(self.next);
        self.next += 1;
        self.open.insert(number, client);
        self.unfinished.insert(number, handle);
        if let Some(client) = client {
            self.of_networks.add(client);
        }
        Ok(Admitted { number, displaced })
    }

    /// Notes that the connection has finished a request: nobody takes its place from it any more.
    pub(super) fn finished_request(&mut self, number: ConnectionNumber) {
        self.unfinished.remove(&number);
    }

    /// Frees the place of a connection that has ended. Nothing changes when it lost its place before.
    pub(super) fn remove(&mut self, number: ConnectionNumber) {
        self.unfinished.remove(&number);
        if let Some(Some(client)) = self.open.remove(&number) {
            self.of_networks.remove(client);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: ConnectionLimits = ConnectionLimits {
        most: 4,
        most_of_one_address: 3,
    };

    fn client(last: u8) -> Option<ClientNetworks> {
        ClientNetworks::of(std::net::IpAddr::from([192, 0, 2, last]))
    }

    /// A client in one of many networks of one site.
    fn client_of_site(network: u8) -> Option<ClientNetworks> {
        let address = format!("2001:db8:0:{network:x}::1");
        ClientNetworks::of(address.parse().unwrap())
    }

    fn table() -> ConnectionTable<&'static str> {
        ConnectionTable::new(LIMITS)
    }

    #[test]
    fn the_oldest_without_a_finished_request_makes_place() {
        let mut table = table();
        let admit = |name, table: &mut ConnectionTable<_>| table.admit(None, name).unwrap();
        let first = admit("first", &mut table);
        assert_eq!(first.displaced, None);
        for name in ["second", "third", "fourth"] {
            assert_eq!(admit(name, &mut table).displaced, None);
        }
        table.finished_request(first.number);
        for (name, displaced) in [
            ("fifth", "second"),
            ("sixth", "third"),
            ("seventh", "fourth"),
        ] {
            assert_eq!(admit(name, &mut table).displaced, Some(displaced));
        }
    }

    #[test]
    fn nobody_who_has_finished_a_request_is_displaced() {
        let mut table = table();
        let mut numbers = vec![];
        for _ in 0..LIMITS.most {
            let admitted = table.admit(None, "member").unwrap();
            table.finished_request(admitted.number);
            numbers.push(admitted.number);
        }
        assert_eq!(table.admit(None, "late").unwrap_err(), NoPlace::Full);
        table.remove(numbers[2]);
        assert_eq!(table.admit(None, "late").unwrap().displaced, None);
    }

    #[test]
    fn one_address_has_so_many_and_gets_them_back() {
        let mut table = table();
        let mut of = |last| {
            table
                .admit(client(last), "")
                .map(|admitted| admitted.number)
        };
        let numbers: Vec<_> = (0..3).map(|_| of(1).unwrap()).collect();
        assert_eq!(of(1), Err(NoPlace::TooManyOfOneAddress));
        assert!(of(2).is_ok());
        // It displaces none of its own to have one more.
        assert_eq!(of(1), Err(NoPlace::TooManyOfOneAddress));
        table.remove(numbers[0]);
        table.remove(numbers[0]);
        assert!(table.admit(client(1), "").is_ok());
        let refused = table.admit(client(1), "").unwrap_err();
        assert_eq!(refused, NoPlace::TooManyOfOneAddress);
    }

    #[test]
    fn whoever_lost_a_place_gives_back_none() {
        let mut table = table();
        let first = table.admit(client(1), "first").unwrap().number;
        for _ in 0..4 {
            table.admit(None, "").unwrap();
        }
        assert!(table.of_networks.is_empty(), "the first had to go");
        table.remove(first);
        table.finished_request(first);
        assert_eq!(table.open.len(), LIMITS.most);
    }

    #[test]
    fn the_networks_of_one_site_have_four_times_as_many_together() {
        let limits = ConnectionLimits {
            most: 100,
            ..LIMITS
        };
        let mut table = ConnectionTable::new(limits);
        let admitted = (0..40).filter(|network| table.admit(client_of_site(*network), "").is_ok());
        assert_eq!(admitted.count(), 12);
        assert!(table.admit(client(1), "").is_ok());
    }

    proptest! {
        /// Whoever comes, finishes and goes in whatever order: the limits hold, and the counts are those of who is there.
        #[test]
        fn the_limits_hold_and_the_counts_are_right(
            steps in prop::collection::vec((0_u8..8, any::<prop::sample::Index>(), 0_u8..3), 1..80)
        ) {
            let limits = ConnectionLimits { most: 9, most_of_one_address: 2 };
            let mut table = ConnectionTable::new(limits);
            let mut seen = vec![];
            for (network, which, action) in steps {
                match action {
                    0 => {
                        let client = if network > 0 { client_of_site(network) } else { None };
                        if let Ok(admitted) = table.admit(client, ()) {
                            seen.push(admitted.number);
                        }
                    }
                    _ if seen.is_empty() => {}
                    1 => table.finished_request(*which.get(&seen)),
                    _ => table.remove(*which.get(&seen)),
                }
                prop_assert!(table.open.len() <= limits.most);
                prop_assert!(table.unfinished.keys().all(|number| table.open.contains_key(number)));
                let mut counts = NetworkCounts::new(limits.most_of_one_address);
                for client in table.open.values().flatten() {
                    prop_assert!(counts.has_one_for(*client));
                    counts.add(*client);
                }
                prop_assert_eq!(&counts, &table.of_networks);
            }
        }
    }
}
