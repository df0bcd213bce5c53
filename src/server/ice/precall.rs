//! Who may try the relays without a seat: people who check their connection before they join.
//!
//! Invariant: no more than [`MOST`] visits are under way, of one address no more than [`MOST_OF_ONE_ADDRESS`], and each ends
//! by itself after [`LIFETIME`]; so what visitors cost is bounded, and nothing is kept of them afterwards.

use std::net::IpAddr;
use std::time::Duration;

use parking_lot::Mutex;

use super::servers::{IceServers, Lifetime};
use crate::protocol::CheckServers;
use crate::server::clock::{Clock, UnixMillis};
use crate::server::net::proxy::counted;
use crate::server::secrets::random;
use crate::server::tasks::Tasks;
use crate::server::turn::Members;

/// A visitor's credentials open allocations for this long: as long as a check takes where nothing answers.
pub(super) const LIFETIME: Duration = Duration::from_secs(120);

/// One address (of IPv6: one /64) has at most so many visits within [`LIFETIME`].
const MOST_OF_ONE_ADDRESS: usize = 6;

/// Everybody together has at most so many visits within [`LIFETIME`].
const MOST: usize = 120;

/// The visits under way, and what visitors are told.
#[derive(Debug)]
pub(crate) struct PrecallPeers {
    /// Visitors are told these servers, as those who join are.
    ice_servers: IceServers,
    /// A visitor stands here for as long as the visit lasts, so that the relay serves them.
    members: Members,
    /// The end of a visit is read from this clock.
    clock: Clock,
    /// The end of each visit is one of these tasks.
    tasks: Tasks,
    /// The visits under way are counted, so that nobody gets credentials without end.
    visits: Mutex<Visits>,
}

/// The visits that have not ended yet, in order.
#[derive(Debug, Default)]
struct Visits(Vec<Visit>);

/// One visitor's credentials, while they open allocations.
#[derive(Debug)]
struct Visit {
    /// The visitor came from here; `None` for those who come through a proxy that the server was not told of.
    address: Option<IpAddr>,
    /// The visit ends then, and counts no more.
    until: UnixMillis,
}

/// There is no room for another visit now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TooMany;

impl Visits {
    fn admit(&mut self, address: IpAddr, now: UnixMillis) -> Result<(), TooMany> {
        self.0.retain(|visit| visit.until > now);
        let address = counted(address);
        let of_address = self.0.iter().filter(|visit| visit.address == address);
        let of_address = of_address.count();
        if self.0.len() >= MOST || (address.is_some() && of_address >= MOST_OF_ONE_ADDRESS) {
            return Err(TooMany);
        }
        let lifetime = u64::try_from(LIFETIME.as_millis()).unwrap_or(u64::MAX);
        self.0.push(Visit {
            address,
            until: now.saturating_add(lifetime),
        });
        Ok(())
    }
}

impl PrecallPeers {
    /// Begins with nobody. The end of each visit is one of the tasks.
    pub(crate) fn new(
        ice_servers: IceServers,
        members: Members,
        clock: Clock,
        tasks: Tasks,
    ) -> Self {
        Self {
            ice_servers,
            members,
            clock,
            tasks,
            visits: Mutex::default(),
        }
    }

    /// Says what a visitor from this address is told now.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub(crate) fn receive(
        &self,
        address: IpAddr,
        authority: Option<&str>,
    ) -> Result<CheckServers, random::NoRandomness> {
        let now = self.clock.now();
        let mut visits = self.visits.lock();
        if visits.admit(address, now).is_err() {
            return Ok(CheckServers::TooMany);
        }
        let visitor = random::peer_id(random::bytes()?);
        self.members.visit(&visitor);
        let (members, leaving) = (self.members.clone(), visitor.clone());
        self.tasks.spawn(async move {
            tokio::time::sleep(LIFETIME).await;
            members.leave(&leaving);
        });
        Ok(CheckServers::Granted {
            ice_servers: self.ice_servers.told_to(
                &visitor,
                authority,
                Lifetime::Limited(LIFETIME),
                now,
            ),
            ice_transport_policy: self.ice_servers.policy,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME_MS: UnixMillis = 120_000;

    fn admit(visits: &mut Visits, address: &str, now: UnixMillis) -> bool {
        visits.admit(address.parse().unwrap(), now).is_ok()
    }

    #[test]
    fn one_address_has_so_many_visits_and_gets_them_back() {
        let mut visits = Visits::default();
        for _ in 0..MOST_OF_ONE_ADDRESS {
            assert!(admit(&mut visits, "192.0.2.1", 0));
        }
        assert!(!admit(&mut visits, "192.0.2.1", LIFETIME_MS - 1));
        assert!(admit(&mut visits, "192.0.2.2", LIFETIME_MS - 1));
        assert!(admit(&mut visits, "192.0.2.1", LIFETIME_MS));
    }

    #[tokio::test]
    async fn a_visit_that_is_under_way_does_not_keep_the_server_from_stopping() {
        let (tasks, members) = (Tasks::default(), Members::default());
        let clock = Clock::start();
        let peers = PrecallPeers::new(IceServers::default(), members, clock, tasks.clone());
        let told = peers.receive("192.0.2.1".parse().unwrap(), None);
        assert!(matches!(told, Ok(CheckServers::Granted { .. })));
        let stopped = tokio::time::timeout(Duration::from_secs(10), tasks.stop());
        stopped.await.expect("the visit is over");
        assert_eq!(tasks.count(), 0);
    }

    #[test]
    fn a_network_of_ipv6_is_one_visitor() {
        let mut visits = Visits::default();
        let admitted = (1..=20)
            .filter(|host| admit(&mut visits, &format!("2001:db8::{host:x}"), 0))
            .count();
        assert_eq!(admitted, MOST_OF_ONE_ADDRESS);
        assert!(admit(&mut visits, "2001:db8:0:1::1", 0));
    }

    #[test]
    fn everybody_together_has_so_many_and_nobody_is_remembered_longer() {
        let mut visits = Visits::default();
        let admitted = (0..200)
            .filter(|_| admit(&mut visits, "127.0.0.1", 0))
            .count();
        assert_eq!(admitted, MOST);
        assert!(!admit(&mut visits, "192.0.2.1", 0));
        assert!(admit(&mut visits, "192.0.2.1", LIFETIME_MS));
        assert_eq!(visits.0.len(), 1);
    }
}
