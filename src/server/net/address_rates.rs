//! How often one address may have something done for it: at once, or later, or not at all.
//!
//! Pure: time is an argument. Invariant: in any span of time no more is done for one network than its burst plus its rate
//! times the span; whoever is told to wait can wait that long, and has their turn then, unless people of their own network
//! give up their places and take new ones. Networks that have asked for nothing lately are forgotten, and never are more
//! than [`MOST_NETWORKS`] remembered.

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::client_networks::{ClientNetworks, NetworkShare};
use crate::pace::TokenBucket;
use crate::server::clock::UnixMillis;

/// So many networks are remembered. Whoever has more of them than that is not stopped by counting them, so that beyond it
/// strangers pass uncounted: to refuse them would shut out everybody.
const MOST_NETWORKS: usize = 65_536;

/// Below this number nobody is looked for who can be forgotten.
const FEW_NETWORKS: usize = 256;

/// Who can be forgotten is looked for at most this often, in ms.
const SWEEP_INTERVAL_MS: u64 = 1_000;

/// How fast something is granted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// This many at once.
    pub(crate) burst: u32,
    /// This many each second from then on.
    pub(crate) per_second: u32,
    /// This many may wait for more; 0 where nobody waits.
    pub(crate) waiting: u32,
}

/// When something that was asked for is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It may be done now, and counts.
    Now,
    /// It has to wait until then, and counts when [`AddressRates::enter`] lets it be done.
    Later(UnixMillis),
}

/// Too much was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooOften {
    /// It would be due then.
    pub(crate) due: UnixMillis,
}

/// The rates of all addresses.
#[derive(Debug)]
pub(crate) struct AddressRates {
    /// Every address has the same.
    rate: Rate,
    /// The networks that asked for something lately.
    asked: HashMap<IpNet, Allowance>,
    /// With so many networks it is time to look who can be forgotten.
    sweep_at: usize,
    /// That was last done then.
    swept: UnixMillis,
}

/// What one network has left.
#[derive(Debug)]
struct Allowance {
    /// A token is taken whenever something is done.
    tokens: TokenBucket,
    /// So many wait. They have the first tokens.
    waiting: u32,
}

impl AddressRates {
    /// Begins with nobody.
    pub(crate) fn new(rate: Rate) -> Self {
        Self {
            rate,
            asked: HashMap::new(),
            sweep_at: FEW_NETWORKS,
            swept: 0,
        }
    }

    /// Decides when something is done that a client of these networks asks for and can wait for until `latest`. Whoever
    /// waits calls [`Self::enter`] in their turn, or [`Self::give_up`].
    ///
    /// # Errors
    /// [`TooOften`] when the turn would come only after `latest`, or too many wait already; then nothing is counted.
    pub(crate) fn ask(
        &mut self,
        client: ClientNetworks,
        now: UnixMillis,
        latest: UnixMillis,
    ) -> Result<Turn, TooOften> {
        let (mut due, mut has_place) = (now, true);
        for share in client.shares() {
            if let Some(allowance) = self.asked.get(&share.network) {
                let before = allowance.waiting;
                due = due.max(allowance.tokens.ready_at(before.saturating_add(1), now));
                has_place &= before < self.rate.waiting.saturating_mul(share.clients);
            }
        }
        if due > now && (due > latest || !has_place) {
            return Err(TooOften { due });
        }
        self.forget_the_quiet(now);
        for share in client.shares() {
            let Some(allowance) = self.allowance(share, now) else {
                continue;
            };
            if due > now {
                allowance.waiting = allowance.waiting.saturating_add(1);
            } else {
                allowance.tokens.take(1, now);
            }
        }
        Ok(if due > now {
            Turn::Later(due)
        } else {
            Turn::Now
        })
    }

    /// Grants one more at once to whoever asks from this address. Loopback may always ask.
    ///
    /// # Errors
    /// [`TooOften`] says when it would be due; then nothing is counted.
    pub(crate) fn ask_at_once(&mut self, address: IpAddr, now: UnixMillis) -> Result<(), TooOften> {
        match ClientNetworks::of(address) {
            Some(client) => self.ask(client, now, now).map(drop),
            None => Ok(()),
        }
    }

    /// Lets somebody have what they waited for, in whose turn it is. They wait no more.
    ///
    /// # Errors
    /// The time of their turn when it has not come; then they still wait.
    pub(crate) fn enter(
        &mut self,
        client: ClientNetworks,
        now: UnixMillis,
    ) -> Result<(), UnixMillis> {
        let allowances = client
            .shares()
            .filter_map(|share| self.asked.get(&share.network));
        let turn = allowances.map(|allowance| allowance.tokens.ready_at(1, now));
        let turn = turn.max().unwrap_or(now);
        if turn > now {
            return Err(turn);
        }
        self.give_up(client);
        for share in client.shares() {
            if let Some(allowance) = self.asked.get_mut(&share.network) {
                allowance.tokens.take(1, now);
            }
        }
        Ok(())
    }

    /// Notes that somebody who waited does so no more: whoever asks next waits less.
    pub(crate) fn give_up(&mut self, client: ClientNetworks) {
        for share in client.shares() {
            if let Some(allowance) = self.asked.get_mut(&share.network) {
                allowance.waiting = allowance.waiting.saturating_sub(1);
            }
        }
    }

    /// Gives what a network has left; `None` when no more networks can be remembered.
    fn allowance(&mut self, share: NetworkShare, now: UnixMillis) -> Option<&mut Allowance> {
        let is_known = self.asked.contains_key(&share.network);
        if !is_known && self.asked.len() >= MOST_NETWORKS {
            return None;
        }
        let of_share = |amount: u32| amount.saturating_mul(share.clients);
        let burst = of_share(self.rate.burst);
        let per_second = f64::from(of_share(self.rate.per_second));
        let allowance = self
            .asked
            .entry(share.network)
            .or_insert_with(|| Allowance {
                tokens: TokenBucket::full(burst, per_second, now),
                waiting: 0,
            });
        Some(allowance)
    }

    /// Forgets networks that have everything left: they are as if they had never asked.
    fn forget_the_quiet(&mut self, now: UnixMillis) {
        let is_due = now >= self.swept.saturating_add(SWEEP_INTERVAL_MS);
        if self.asked.len() < self.sweep_at || !is_due {
            return;
        }
        self.swept = now;
        self.asked
            .retain(|_, allowance| allowance.waiting > 0 || !allowance.tokens.is_full(now));
        let twice = self.asked.len().saturating_mul(2);
        self.sweep_at = twice.clamp(FEW_NETWORKS, MOST_NETWORKS);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: Rate = Rate {
        burst: 3,
        per_second: 2,
        waiting: 4,
    };

    fn client(address: &str) -> ClientNetworks {
        ClientNetworks::of(address.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_burst_is_done_at_once_then_each_waits_for_its_turn_and_the_rest_is_refused() {
        let mut rates = AddressRates::new(RATE);
        let ada = client("192.0.2.1");
        let turns: Vec<_> = (0..8).map(|_| rates.ask(ada, 1_000, 60_000)).collect();
        assert_eq!(turns[..3], [Ok(Turn::Now); 3]);
        let later = [1_500, 2_000, 2_500, 3_000].map(|due| Ok(Turn::Later(due)));
        assert_eq!(turns[3..7], later);
        assert_eq!(turns[7], Err(TooOften { due: 3_500 }), "no more can wait");
        assert_eq!(rates.ask(client("192.0.2.2"), 1_000, 1_000), Ok(Turn::Now));
        assert!(rates.enter(ada, 1_490).is_err());
        assert_eq!(rates.enter(ada, 1_500), Ok(()));
        assert_eq!(rates.enter(ada, 1_500), Err(2_000), "the next one's turn");
        assert_eq!(rates.ask(ada, 1_500, 60_000), Ok(Turn::Later(3_500)));
    }

    #[test]
    fn who_cannot_wait_is_told_when_and_nothing_is_counted() {
        let mut rates = AddressRates::new(RATE);
        let ada = client("192.0.2.1");
        for _ in 0..3 {
            assert_eq!(rates.ask(ada, 0, 0), Ok(Turn::Now));
        }
        for _ in 0..100 {
            assert_eq!(rates.ask(ada, 0, 499), Err(TooOften { due: 500 }));
        }
        assert_eq!(rates.ask(ada, 0, 500), Ok(Turn::Later(500)));
        assert_eq!(rates.ask(ada, 5_000, 5_000), Ok(Turn::Now));
    }

    #[test]
    fn who_gives_up_costs_the_others_nothing() {
        let mut rates = AddressRates::new(RATE);
        let ada = client("2001:db8::1");
        for _ in 0..3 {
            assert_eq!(rates.ask(ada, 0, 0), Ok(Turn::Now));
        }
        for _ in 0..100 {
            for due in [500, 1_000, 1_500, 2_000] {
                assert_eq!(rates.ask(ada, 0, 60_000), Ok(Turn::Later(due)));
            }
            for _ in 0..4 {
                rates.give_up(ada);
            }
        }
        assert_eq!(rates.ask(ada, 0, 60_000), Ok(Turn::Later(500)));
        assert_eq!(rates.enter(ada, 500), Ok(()));
    }

    #[test]
    fn the_networks_of_a_site_share_what_four_of_them_have() {
        let mut rates = AddressRates::new(RATE);
        let granted = (0..100)
            .filter(|network| {
                let address = format!("2001:db8:0:{network:x}::1");
                rates.ask(client(&address), 0, 0).is_ok()
            })
            .count();
        assert_eq!(granted, 12);
        let one = (0..10)
            .filter(|host| {
                rates
                    .ask(client(&format!("2001:db8:1::{host:x}")), 0, 0)
                    .is_ok()
            })
            .count();
        assert_eq!(one, 3);
    }

    #[test]
    fn who_does_not_wait_has_the_burst_and_the_rate_and_loopback_is_not_counted() {
        let mut rates = AddressRates::new(RATE);
        let asked = |address: &str, now, rates: &mut AddressRates| {
            let answer = rates.ask_at_once(address.parse().unwrap(), now);
            answer.map_err(|too_often| too_often.due)
        };
        for host in 1..=3 {
            let address = format!("2001:db8::{host}");
            assert_eq!(asked(&address, 1_000, &mut rates), Ok(()));
        }
        assert_eq!(asked("2001:db8::4", 1_000, &mut rates), Err(1_500));
        assert_eq!(asked("192.0.2.1", 1_000, &mut rates), Ok(()));
        assert_eq!(asked("2001:db8::4", 1_500, &mut rates), Ok(()));
        for _ in 0..100 {
            assert_eq!(asked("127.0.0.1", 1_500, &mut rates), Ok(()));
        }
    }

    #[test]
    fn networks_that_ask_no_more_are_forgotten() {
        let mut rates = AddressRates::new(RATE);
        let mut most = 0;
        for second in 1..=100_u64 {
            for host in 0..=255 {
                let address = format!("192.0.{second}.{host}");
                let asked = rates.ask(client(&address), second * 1_000, u64::MAX);
                assert_eq!(asked, Ok(Turn::Now));
            }
            most = most.max(rates.asked.len());
        }
        assert!(most <= 1_024, "{most}");
    }

    #[test]
    fn no_more_than_a_bounded_number_of_networks_is_remembered_and_nobody_is_shut_out_by_them() {
        let mut rates = AddressRates::new(RATE);
        for number in 0..70_000_u32 {
            let address = std::net::Ipv4Addr::from_bits(0x0b00_0000 + number);
            let stranger = ClientNetworks::of(address.into()).unwrap();
            assert_eq!(rates.ask(stranger, 1_000, 1_000), Ok(Turn::Now));
        }
        assert_eq!(rates.asked.len(), MOST_NETWORKS);
    }

    proptest! {
        /// Whoever asks when, waits or gives up: in any span no more is done than the burst and the rate. As long as nobody
        /// gives up, everybody has their turn when it was said.
        #[test]
        fn everything_is_done_in_its_turn_and_not_too_fast(asks in prop::collection::vec((0_u64..400, 0_u64..3_000, 0_u8..4), 1..200)) {
            let mut rates = AddressRates::new(RATE);
            let ada = client("2001:db8::1");
            let mut now = 0;
            let mut done = vec![];
            let mut waiting = std::collections::BTreeSet::new();
            let mut has_given_up = false;
            for (number, (gap, patience, whim)) in asks.into_iter().enumerate() {
                now += gap;
                while let Some((due, who)) = waiting.first().copied().filter(|(due, _)| *due <= now) {
                    waiting.pop_first();
                    match rates.enter(ada, due) {
                        Ok(()) => done.push(due),
                        // The last digit of a token may be missing.
                        Err(later) if later == due + 1 || has_given_up => {
                            prop_assert!(later > due);
                            waiting.insert((later, who));
                        }
                        Err(later) => prop_assert!(false, "{due} has become {later}"),
                    }
                }
                match rates.ask(ada, now, now + patience) {
                    Ok(Turn::Now) => done.push(now),
                    Ok(Turn::Later(due)) => {
                        prop_assert!((now..=now + patience).contains(&due));
                        waiting.insert((due, number));
                    }
                    Err(TooOften { due }) => prop_assert!(due > now),
                }
                let given_up = if whim == 0 { waiting.pop_first() } else { None };
                if given_up.is_some() {
                    has_given_up = true;
                    rates.give_up(ada);
                }
            }
            for (first, from) in done.iter().enumerate() {
                for (count, to) in (1_u64..).zip(&done[first..]) {
                    prop_assert!(count * 1_000 <= 3 * 1_000 + 2 * to.saturating_sub(*from) + 6);
                }
            }
        }
    }
}
