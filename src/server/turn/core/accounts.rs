//! What each person, and everybody together, may use of the relay.
//!
//! Invariant: an [`Account`] is known as long as it has allocations and no longer, so the number of accounts is
//! bounded by the number of allocations, and that by the server's limit.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::members::Standing;
use super::meter::{Bandwidth, Meter};
use crate::server::clock::UnixMillis;

/// A visitor has at most so many allocations: two ends of one test, on every interface and IP version of their device.
const VISITOR_ALLOCATIONS: u32 = 8;

/// What a visitor may have relayed, in Mbit/s: enough to tell a good relay from a bad one. What is measured is a fifth of it or
/// less, for every byte is counted in and out of two relays.
const VISITOR_MEGABITS: u32 = 50;

/// Nobody uses more of the relay than these limits let them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quotas {
    /// One person has at most so many allocations.
    pub(crate) allocations_per_person: u32,
    /// The server has at most so many allocations.
    pub(crate) allocations: u32,
    /// So much is relayed for one person, both directions together.
    pub(crate) bandwidth_per_person: Bandwidth,
    /// So much is relayed for everybody together.
    pub(crate) bandwidth: Bandwidth,
}

/// Why there is no further allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OverQuota {
    /// The person has as many as one may have.
    Person,
    /// The server has as many as it may have.
    Server,
}

/// Everyone who has allocations.
#[derive(Debug)]
pub(crate) struct Accounts {
    /// Every account is held to these limits.
    quotas: Quotas,
    /// What everybody has relayed passes this meter.
    total: Meter,
    /// The allocations are counted here.
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    /// The server has so many allocations.
    allocations: u32,
    /// Each person with an allocation stands here, by the peer's id.
    people: HashMap<Box<str>, Person>,
}

#[derive(Debug)]
struct Person {
    /// The person has so many allocations; at none they are forgotten.
    allocations: u32,
    /// What the person has relayed passes this meter, over all their allocations.
    meter: Arc<Meter>,
}

/// The right to one allocation of a person; given back when dropped.
#[derive(Debug)]
pub(crate) struct Account {
    /// The allocation is given back here.
    accounts: Arc<Accounts>,
    /// The allocation counts for this peer.
    person: Box<str>,
    /// The allocation's bytes count here, with those of the person's other allocations.
    meter: Arc<Meter>,
}

impl Accounts {
    pub(crate) fn new(quotas: Quotas, now: UnixMillis) -> Self {
        Self {
            quotas,
            total: Meter::new(quotas.bandwidth, now),
            open: Mutex::default(),
        }
    }

    /// Takes one allocation of the person's.
    pub(super) fn take(
        self: &Arc<Self>,
        person: &str,
        standing: Standing,
        now: UnixMillis,
    ) -> Result<Account, OverQuota> {
        let (most, bandwidth) = match standing {
            Standing::Seated => (
                self.quotas.allocations_per_person,
                self.quotas.bandwidth_per_person,
            ),
            Standing::Visiting => (VISITOR_ALLOCATIONS, Bandwidth::megabits(VISITOR_MEGABITS)),
        };
        let mut open = self.open.lock();
        if open.allocations >= self.quotas.allocations {
            return Err(OverQuota::Server);
        }
        let meter = match open.people.get_mut(person) {
            Some(known) if known.allocations >= most => {
                return Err(OverQuota::Person);
            }
            Some(known) => {
                known.allocations += 1;
                Arc::clone(&known.meter)
            }
            None => {
                let meter = Arc::new(Meter::new(bandwidth, now));
                let new = Person {
                    allocations: 1,
                    meter: Arc::clone(&meter),
                };
                open.people.insert(person.into(), new);
                meter
            }
        };
        open.allocations += 1;
        Ok(Account {
            accounts: Arc::clone(self),
            person: person.into(),
            meter,
        })
    }

    /// Counts the allocations.
    #[cfg(test)]
    pub(crate) fn allocations(&self) -> u32 {
        self.open.lock().allocations
    }
}

impl Account {
    /// Whether so many bytes may pass now.
    pub(crate) fn allows(&self, bytes: usize, now: UnixMillis) -> bool {
        self.meter.allows(bytes, now) && self.accounts.total.allows(bytes, now)
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let mut open = self.accounts.open.lock();
        open.allocations = open.allocations.saturating_sub(1);
        if let Some(person) = open.people.get_mut(&self.person) {
            person.allocations = person.allocations.saturating_sub(1);
            if person.allocations == 0 {
                open.people.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts() -> Arc<Accounts> {
        let quotas = Quotas {
            allocations_per_person: 2,
            allocations: 3,
            bandwidth_per_person: Bandwidth::megabits(8),
            bandwidth: Bandwidth::megabits(12),
        };
        Arc::new(Accounts::new(quotas, 0))
    }

    fn take(accounts: &Arc<Accounts>, person: &str) -> Result<Account, OverQuota> {
        accounts.take(person, Standing::Seated, 0)
    }

    #[test]
    fn a_visitor_has_a_small_share_of_their_own() {
        let mut quotas = accounts().quotas;
        quotas.allocations = 100;
        quotas.allocations_per_person = 50;
        quotas.bandwidth_per_person = Bandwidth::megabits(500);
        quotas.bandwidth = Bandwidth::megabits(1_000);
        let accounts = Arc::new(Accounts::new(quotas, 0));
        let visit = || accounts.take("visitor", Standing::Visiting, 0);
        let open: Vec<_> = (0..VISITOR_ALLOCATIONS).map(|_| visit().unwrap()).collect();
        assert_eq!(visit().unwrap_err(), OverQuota::Person);
        let passed = (0..10_000).filter(|_| open[0].allows(1_000, 0)).count();
        assert!((3_000..=3_200).contains(&passed), "{passed}");
        assert!(take(&accounts, "ada").is_ok());
    }

    #[test]
    fn a_person_and_the_server_have_so_many_allocations_and_no_more() {
        let accounts = accounts();
        let first = take(&accounts, "ada").unwrap();
        let _second = take(&accounts, "ada").unwrap();
        assert_eq!(take(&accounts, "ada").unwrap_err(), OverQuota::Person);
        let _third = take(&accounts, "bob").unwrap();
        assert_eq!(take(&accounts, "eve").unwrap_err(), OverQuota::Server);
        drop(first);
        assert!(take(&accounts, "eve").is_ok());
        assert_eq!(accounts.allocations(), 2);
    }

    #[test]
    fn nobody_is_remembered_without_an_allocation() {
        let accounts = accounts();
        drop(take(&accounts, "ada").unwrap());
        assert!(accounts.open.lock().people.is_empty());
    }

    #[test]
    fn the_allocations_of_a_person_share_their_bandwidth_and_people_share_the_servers() {
        let accounts = accounts();
        let (one, two) = (
            take(&accounts, "ada").unwrap(),
            take(&accounts, "ada").unwrap(),
        );
        let bob = take(&accounts, "bob").unwrap();
        let passed = (0..500).filter(|_| one.allows(1000, 0)).count()
            + (0..500).filter(|_| two.allows(1000, 0)).count();
        assert!((490..=500).contains(&passed), "{passed}");
        let bobs = (0..500).filter(|_| bob.allows(1000, 0)).count();
        assert!((240..=260).contains(&bobs), "{bobs}");
    }
}
