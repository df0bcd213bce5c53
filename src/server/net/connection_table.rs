//! Which connections are open: counted from before their first byte to their end, all together and for each address.
//!
//! Pure. Invariant: there are never more than the limits allow. Where a newcomer finds no place, the oldest connection that has
//! not finished a request yet loses its own; one that has keeps its place until it ends.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

/// How many connections are open at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionLimits {
    /// All together, at most so many are.
    pub(crate) most: usize,
    /// Of one address (of IPv6: one /64), at most so many are.
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
    /// The address has as many connections as one may have.
    TooManyOfOneAddress,
}

/// The open connections. With each that has not finished a request stands an `H`, by which it is told to go.
#[derive(Debug)]
pub(super) struct ConnectionTable<H> {
    /// There are never more than these.
    limits: ConnectionLimits,
    /// The next connection gets this number.
    next: u64,
    /// Each open connection counts for its address; `None` for those that count for nobody.
    open: HashMap<ConnectionNumber, Option<IpAddr>>,
    /// These have not finished a request, the oldest first.
    unfinished: BTreeMap<ConnectionNumber, H>,
    /// So many connections of each address are open.
    of_address: HashMap<IpAddr, usize>,
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
            limits,
            next: 0,
            open: HashMap::new(),
            unfinished: BTreeMap::new(),
            of_address: HashMap::new(),
        }
    }

    /// Takes a place for a connection that counts for this address, or for none.
    ///
    /// # Errors
    /// [`NoPlace`] says why there is none.
    pub(super) fn admit(
        &mut self,
        address: Option<IpAddr>,
        handle: H,
    ) -> Result<Admitted<H>, NoPlace> {
        if let Some(address) = address
            && self.of_address.get(&address).copied().unwrap_or_default()
                >= self.limits.most_of_one_address
        {
            return Err(NoPlace::TooManyOfOneAddress);
        }
        let mut displaced = None;
        if self.open.len() >= self.limits.most {
            let (oldest, handle) = self.unfinished.pop_first().ok_or(NoPlace::Full)?;
            self.remove(oldest);
            displaced = Some(handle);
        }
        let number = ConnectionNumber(self.next);
        self.next += 1;
        self.open.insert(number, address);
        self.unfinished.insert(number, handle);
        if let Some(address) = address {
            *self.of_address.entry(address).or_default() += 1;
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
        if let Some(Some(address)) = self.open.remove(&number)
            && let Some(count) = self.of_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&address);
            }
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

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
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
                .admit(Some(address(last)), "")
                .map(|admitted| admitted.number)
        };
        let numbers: Vec<_> = (0..3).map(|_| of(1).unwrap()).collect();
        assert_eq!(of(1), Err(NoPlace::TooManyOfOneAddress));
        assert!(of(2).is_ok());
        // It displaces none of its own to have one more.
        assert_eq!(of(1), Err(NoPlace::TooManyOfOneAddress));
        table.remove(numbers[0]);
        table.remove(numbers[0]);
        assert!(table.admit(Some(address(1)), "").is_ok());
        let refused = table.admit(Some(address(1)), "").unwrap_err();
        assert_eq!(refused, NoPlace::TooManyOfOneAddress);
    }

    #[test]
    fn whoever_lost_a_place_gives_back_none() {
        let mut table = table();
        let first = table.admit(Some(address(1)), "first").unwrap().number;
        for _ in 0..4 {
            table.admit(None, "").unwrap();
        }
        assert!(table.of_address.is_empty(), "the first had to go");
        table.remove(first);
        table.finished_request(first);
        assert_eq!(table.open.len(), LIMITS.most);
    }

    proptest! {
        /// Whoever comes, finishes and goes in whatever order: the limits hold, and the counts are those of who is there.
        #[test]
        fn the_limits_hold_and_the_counts_are_right(
            steps in prop::collection::vec((0_u8..5, any::<prop::sample::Index>(), 0_u8..3), 1..80)
        ) {
            let mut table = ConnectionTable::new(LIMITS);
            let mut seen = vec![];
            for (address_of, which, action) in steps {
                match action {
                    0 => {
                        let address = (address_of > 0).then(|| address(address_of));
                        if let Ok(admitted) = table.admit(address, ()) {
                            seen.push(admitted.number);
                        }
                    }
                    _ if seen.is_empty() => {}
                    1 => table.finished_request(*which.get(&seen)),
                    _ => table.remove(*which.get(&seen)),
                }
                prop_assert!(table.open.len() <= LIMITS.most);
                prop_assert!(table.unfinished.keys().all(|number| table.open.contains_key(number)));
                let mut counts = HashMap::new();
                for address in table.open.values().flatten() {
                    *counts.entry(*address).or_insert(0_usize) += 1;
                }
                prop_assert!(counts.values().all(|count| *count <= LIMITS.most_of_one_address));
                prop_assert_eq!(&counts, &table.of_address);
            }
        }
    }
}
