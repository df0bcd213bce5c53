//! How often one address may have something done for it: at once, or later, or not at all.
//!
//! Pure: time is an argument. Invariant: in any span of time no more becomes due for one network than its burst plus its
//! rate times the span, and nothing later than whoever asks can wait. Networks that have asked for nothing lately are
//! forgotten, and never are more than [`MOST_NETWORKS`] remembered.

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

/// What one address may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// This many at once.
    pub(crate) burst: u32,
    /// This many each second from then on.
    pub(crate) per_second: u32,
    /// This many more are promised for later to those who can wait; 0 where nobody waits.
    pub(crate) promised: u32,
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
    /// The bucket holds so many tokens when it is full: the burst, and below it what can be promised.
    capacity: u32,
    /// A token is taken when something is granted. While fewer are left than can be promised, it is due later.
    tokens: TokenBucket,
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

    /// Grants a client of these networks one more, and says when it is due: `now`, or later but not after `latest`.
    /// What is granted counts, whether it is waited for or not: to ask and go away is not cheaper than to stay.
    ///
    /// # Errors
    /// [`TooOften`] when it would be due only after `latest`, or more are waited for than can be promised; then nothing
    /// is counted.
    pub(crate) fn ask(
        &mut self,
        client: ClientNetworks,
        now: UnixMillis,
        latest: UnixMillis,
    ) -> Result<UnixMillis, TooOften> {
        let (mut due, mut is_left) = (now, true);
        for share in client.shares() {
            if let Some(allowance) = self.asked.get(&share.network) {
                let kept_back = self.rate.promised.saturating_mul(share.clients);
                let tokens = &allowance.tokens;
                due = due.max(tokens.ready_at(kept_back.saturating_add(1), now));
                is_left &= tokens.ready_at(1, now) <= now;
            }
        }
        if due > latest || !is_left {
            return Err(TooOften { due });
        }
        self.forget_the_quiet(now);
        for share in client.shares() {
            self.count(share, now);
        }
        Ok(due)
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

    fn count(&mut self, share: NetworkShare, now: UnixMillis) {
        let is_known = self.asked.contains_key(&share.network);
        if !is_known && self.asked.len() >= MOST_NETWORKS {
            return;
        }
        let of_share = |amount: u32| amount.saturating_mul(share.clients);
        let capacity = of_share(self.rate.burst.saturating_add(self.rate.promised));
        let per_second = f64::from(of_share(self.rate.per_second));
        let allowance = self
            .asked
            .entry(share.network)
            .or_insert_with(|| Allowance {
                capacity,
                tokens: TokenBucket::full(capacity, per_second, now),
            });
        allowance.tokens.take(1, now);
    }

    /// Forgets networks that have everything left: they are as if they had never asked.
    fn forget_the_quiet(&mut self, now: UnixMillis) {
        let is_due = now >= self.swept.saturating_add(SWEEP_INTERVAL_MS);
        if self.asked.len() < self.sweep_at || !is_due {
            return;
        }
        self.swept = now;
        self.asked
            .retain(|_, allowance| allowance.tokens.ready_at(allowance.capacity, now) > now);
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
        promised: 4,
    };

    fn client(address: &str) -> ClientNetworks {
        ClientNetworks::of(address.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_burst_is_due_at_once_then_each_waits_its_time_and_the_rest_is_refused() {
        let mut rates = AddressRates::new(RATE);
        let ada = client("192.0.2.1");
        let dues: Vec<_> = (0..8).map(|_| rates.ask(ada, 1_000, 60_000)).collect();
        let expected = [1_000, 1_000, 1_000, 1_500, 2_000, 2_500, 3_000];
        assert_eq!(dues[..7], expected.map(Ok));
        assert_eq!(dues[7], Err(TooOften { due: 3_500 }), "no more is promised");
        assert_eq!(rates.ask(client("192.0.2.2"), 1_000, 1_000), Ok(1_000));
        assert_eq!(rates.ask(ada, 1_500, 60_000), Ok(3_500));
    }

    #[test]
    fn who_cannot_wait_is_told_when_and_nothing_is_counted() {
        let mut rates = AddressRates::new(RATE);
        let ada = client("192.0.2.1");
        for _ in 0..3 {
            assert_eq!(rates.ask(ada, 0, 0), Ok(0));
        }
        for _ in 0..100 {
            assert_eq!(rates.ask(ada, 0, 499), Err(TooOften { due: 500 }));
        }
        assert_eq!(rates.ask(ada, 0, 500), Ok(500));
        assert_eq!(rates.ask(ada, 5_000, 5_000), Ok(5_000));
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
                assert!(
                    rates
                        .ask(client(&address), second * 1_000, u64::MAX)
                        .is_ok()
                );
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
            assert_eq!(rates.ask(stranger, 1_000, 1_000), Ok(1_000));
        }
        assert_eq!(rates.asked.len(), MOST_NETWORKS);
    }

    proptest! {
        /// Whoever asks when, and however long they can wait: what is due in any span is the burst and the rate.
        #[test]
        fn never_more_is_due_than_the_burst_and_the_rate(asks in prop::collection::vec((0_u64..400, 0_u64..3_000), 1..200)) {
            let mut rates = AddressRates::new(RATE);
            let ada = client("192.0.2.1");
            let mut now = 0;
            let mut dues = vec![];
            for (gap, patience) in asks {
                now += gap;
                if let Ok(due) = rates.ask(ada, now, now + patience) {
                    prop_assert!((now..=now + patience).contains(&due));
                    dues.push(due);
                }
            }
            prop_assert!(dues.is_sorted(), "who asked first comes first");
            for (first, from) in dues.iter().enumerate() {
                for (count, to) in (1_u64..).zip(&dues[first..]) {
                    prop_assert!(count * 1_000 <= 3 * 1_000 + 2 * (to - from) + 4);
                }
            }
        }
    }
}
