//! The shares of those who use the relay: of each person, or of each address.
//!
//! Invariant: a holder is known as long as they have allocations, and after that until what they had relayed has passed at
//! their rate: whoever gives everything back and asks again finds the same meter. There are never more holders than
//! allocations and [`MOST_RESTING`] together.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::sync::Arc;

use super::five_tuple::ClientPath;
use super::meter::{Bandwidth, Meter};
use crate::server::clock::UnixMillis;

/// So many holders without an allocation are known; beyond them the first of them goes early, which lets them have the
/// burst of half a second once more.
const MOST_RESTING: usize = 4096;

/// The shares of everybody, by whom they belong to.
#[derive(Debug)]
pub(super) struct Shares<K> {
    /// Everybody who has a share.
    holders: HashMap<K, Share>,
    /// These gave everything back and are still known, the first of them first. Each stands here once.
    resting: VecDeque<K>,
}

#[derive(Debug)]
struct Share {
    /// The holder's allocations are of these clients.
    clients: HashSet<ClientPath>,
    /// What the holder has relayed passes this meter, over all their allocations.
    meter: Arc<Meter>,
    /// The holder stands among those that rest.
    rests: bool,
}

impl<K> Default for Shares<K> {
    fn default() -> Self {
        Self {
            holders: HashMap::new(),
            resting: VecDeque::new(),
        }
    }
}

impl<K: Clone + Eq + Hash> Shares<K> {
    /// Counts the allocations of somebody.
    pub(super) fn count<Q>(&self, holder: &Q) -> usize
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let share = self.holders.get(holder);
        share.map_or(0, |share| share.clients.len())
    }

    /// Lists the clients who have somebody's allocations.
    pub(super) fn clients_of<Q>(&self, holder: &Q) -> Vec<ClientPath>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let share = self.holders.get(holder);
        share.map_or_else(Vec::new, |share| share.clients.iter().copied().collect())
    }

    /// Counts the client's allocation as the holder's from now on, and gives the meter that its bytes have to pass. A holder
    /// who is not known gets one of this bandwidth.
    pub(super) fn take(
        &mut self,
        holder: &K,
        client: ClientPath,
        bandwidth: Bandwidth,
        now: UnixMillis,
    ) -> Arc<Meter> {
        self.strike_out_rested(now);
        let new = || Share {
            clients: HashSet::new(),
            meter: Arc::new(Meter::new(bandwidth, now)),
            rests: false,
        };
        let share = self.holders.entry(holder.clone()).or_insert_with(new);
        share.clients.insert(client);
        Arc::clone(&share.meter)
    }

    /// Notes that the client's allocation is no longer the holder's.
    pub(super) fn give_back(&mut self, holder: &K, client: &ClientPath) {
        let Some(share) = self.holders.get_mut(holder) else {
            return;
        };
        share.clients.remove(client);
        if !share.clients.is_empty() || share.rests {
            return;
        }
        if share.meter.is_unused() {
            self.holders.remove(holder);
            return;
        }
        share.rests = true;
        self.resting.push_back(holder.clone());
        if self.resting.len() > MOST_RESTING {
            self.strike_out_first();
        }
    }

    /// Strikes out those who gave everything back and whose meters are at rest. Whoever gave back before somebody whose meter
    /// is busy waits with them, which is half a second at most.
    fn strike_out_rested(&mut self, now: UnixMillis) {
        while let Some(first) = self.resting.front() {
            let busy = |share: &Share| share.clients.is_empty() && share.meter.rests_at() > now;
            if self.holders.get(first).is_some_and(busy) {
                return;
            }
            self.strike_out_first();
        }
    }

    fn strike_out_first(&mut self) {
        let Some(first) = self.resting.pop_front() else {
            return;
        };
        if let Some(share) = self.holders.get_mut(&first) {
            share.rests = false;
            if share.clients.is_empty() {
                self.holders.remove(&first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::server::turn::core::five_tuple::ClientTransport;

    fn client(port: u16) -> ClientPath {
        ClientPath {
            remote: ([8, 8, 4, 4], port).into(),
            link: ClientTransport::Datagram {
                socket: 0,
                local: None,
            },
        }
    }

    fn take(shares: &mut Shares<u16>, holder: u16, port: u16, now: UnixMillis) -> Arc<Meter> {
        shares.take(&holder, client(port), Bandwidth::megabits(8), now)
    }

    #[test]
    fn whoever_gives_back_and_asks_again_finds_the_same_meter() {
        let mut shares = Shares::default();
        let mut passed = 0;
        for now in 0..1000 {
            let meter = take(&mut shares, 1, 1, now);
            passed += (0..100).filter(|_| meter.allows(1000, now)).count();
            shares.give_back(&1, &client(1));
        }
        // Half a second at once, and a second at 1,000 bytes per ms.
        assert!((1_480..=1_500).contains(&passed), "{passed}");
    }

    #[test]
    fn who_gave_everything_back_is_known_until_their_meter_is_at_rest() {
        let mut shares = Shares::default();
        assert!(take(&mut shares, 1, 1, 0).allows(400_000, 0));
        take(&mut shares, 2, 2, 0);
        shares.give_back(&1, &client(1));
        shares.give_back(&2, &client(2));
        assert_eq!(shares.holders.len(), 1, "a meter that nothing passed rests");
        take(&mut shares, 3, 3, 399);
        assert!(shares.holders.contains_key(&1));
        take(&mut shares, 3, 3, 402);
        assert!(!shares.holders.contains_key(&1));
        assert!(shares.resting.is_empty());
    }

    #[test]
    fn no_more_than_so_many_are_known_without_an_allocation() {
        let mut shares = Shares::default();
        for holder in 0..10_000 {
            assert!(take(&mut shares, holder, 1, 0).allows(1000, 0));
            shares.give_back(&holder, &client(1));
            assert!(shares.holders.len() <= MOST_RESTING + 1);
        }
        assert_eq!(shares.holders.len(), shares.resting.len());
    }

    proptest! {
        #[test]
        fn whoever_has_an_allocation_is_known_and_nobody_rests_twice(
            acts in prop::collection::vec((0_u16..4, 0_u16..4, any::<bool>(), 0_u64..300), 1..80),
        ) {
            let mut shares = Shares::default();
            let mut open = HashSet::new();
            let mut now = 0;
            for (holder, port, takes, step) in acts {
                now += step;
                if takes {
                    take(&mut shares, holder, port, now).allows(100_000, now);
                    open.insert((holder, port));
                } else {
                    shares.give_back(&holder, &client(port));
                    open.remove(&(holder, port));
                }
                for holder in 0..4 {
                    let expected = open.iter().filter(|(of, _)| *of == holder).count();
                    prop_assert_eq!(shares.count(&holder), expected);
                    prop_assert_eq!(shares.clients_of(&holder).len(), expected);
                    let resting = shares.resting.iter().filter(|of| **of == holder).count();
                    let rests = shares.holders.get(&holder).is_some_and(|share| share.rests);
                    prop_assert_eq!(resting, usize::from(rests));
                }
            }
        }
    }
}
