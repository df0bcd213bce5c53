//! What each person, each address, and everybody together, may use of the relay.
//!
//! A person is whoever has a seat, and a seat costs nothing but the time to join: what is counted for a person alone is had again by
//! leaving and coming back. So it is counted for the client's address too. Invariant: nobody holds more allocations, and nothing
//! more is relayed, than the [`Quotas`] say; while few allocations are left, each goes to an address that has none.

use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use super::five_tuple::ClientPath;
use super::members::Standing;
use super::meter::{Bandwidth, Meter};
use super::shares::Shares;
use crate::server::clock::UnixMillis;
use crate::server::net::proxy::counted;

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
    /// The people of one address have at most so many allocations together.
    pub(crate) allocations_per_address: u32,
    /// The server has at most so many allocations.
    pub(crate) allocations: u32,
    /// The last so many of the server's allocations are for addresses that have none.
    pub(crate) reserve: u32,
    /// So much is relayed for one person, both directions together.
    pub(crate) bandwidth_per_person: Bandwidth,
    /// So much is relayed for the people of one address, both directions together.
    pub(crate) bandwidth_per_address: Bandwidth,
    /// So much is relayed for everybody together.
    pub(crate) bandwidth: Bandwidth,
}

/// Why there is no further allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OverQuota {
    /// The person has as many as one may have.
    Person,
    /// The address has as many as one may have; or it has some, and the few that are left are for others.
    Address,
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
    /// Each person's share stands here, by the peer's id.
    people: Shares<Box<str>>,
    /// Each address's share stands here, but for loopback: everybody may come from there.
    addresses: Shares<IpAddr>,
}

/// The right to one allocation of a person; given back when dropped.
#[derive(Debug)]
pub(crate) struct Account {
    /// The allocation is given back here.
    accounts: Arc<Accounts>,
    /// The allocation is this client's.
    client: ClientPath,
    /// The allocation counts for this peer.
    person: Box<str>,
    /// The allocation's bytes count here, with those of the person's other allocations.
    of_person: Arc<Meter>,
    /// The allocation's bytes count here too, with those of the address's other allocations; `None` for loopback.
    of_address: Option<Arc<Meter>>,
}

impl Open {
    /// Says what stands against another allocation, if anything does.
    fn objection(
        &self,
        quotas: &Quotas,
        person: &str,
        most: u32,
        address: Option<IpAddr>,
    ) -> Option<OverQuota> {
        let reaches =
            |count: usize, most: u32| usize::try_from(most).is_ok_and(|most| count >= most);
        let left = quotas.allocations.saturating_sub(self.allocations);
        if left == 0 {
            return Some(OverQuota::Server);
        }
        if reaches(self.people.count(person), most) {
            return Some(OverQuota::Person);
        }
        let of_address = self.addresses.count(&address?);
        let few_are_left = left <= quotas.reserve;
        (reaches(of_address, quotas.allocations_per_address) || (of_address > 0 && few_are_left))
            .then_some(OverQuota::Address)
    }
}

impl Accounts {
    pub(crate) fn new(quotas: Quotas, now: UnixMillis) -> Self {
        Self {
            quotas,
            total: Meter::new(quotas.bandwidth, now),
            open: Mutex::default(),
        }
    }

    /// Takes one allocation of the person's, for this client.
    pub(super) fn take(
        self: &Arc<Self>,
        client: ClientPath,
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
        let address = counted(client.remote.ip());
        let mut open = self.open.lock();
        if let Some(over) = open.objection(&self.quotas, person, most, address) {
            return Err(over);
        }
        open.allocations += 1;
        let person: Box<str> = person.into();
        let of_person = open.people.take(&person, client, bandwidth, now);
        let bandwidth = self.quotas.bandwidth_per_address;
        let of_address =
            address.map(|address| open.addresses.take(&address, client, bandwidth, now));
        Ok(Account {
            accounts: Arc::clone(self),
            client,
            person,
            of_person,
            of_address,
        })
    }

    /// Lists the clients who have allocations of a person's.
    pub(crate) fn clients_of(&self, person: &str) -> Vec<ClientPath> {
        self.open.lock().people.clients_of(person)
    }

    /// Counts the allocations.
    #[cfg(test)]
    pub(crate) fn allocations(&self) -> u32 {
        self.open.lock().allocations
    }
}

impl Account {
    /// Says whether the allocation is this person's.
    pub(super) fn is_of(&self, person: &str) -> bool {
        *self.person == *person
    }

    /// Whether so many bytes may pass now.
    pub(crate) fn allows(&self, bytes: usize, now: UnixMillis) -> bool {
        let of_address = self.of_address.as_ref();
        self.of_person.allows(bytes, now)
            && of_address.is_none_or(|meter| meter.allows(bytes, now))
            && self.accounts.total.allows(bytes, now)
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let mut open = self.accounts.open.lock();
        open.allocations = open.allocations.saturating_sub(1);
        open.people.give_back(&self.person, &self.client);
        if let Some(address) = counted(self.client.remote.ip()) {
            open.addresses.give_back(&address, &self.client);
        }
    }
}

#[cfg(test)]
#[path = "tests/accounts.rs"]
mod tests;
