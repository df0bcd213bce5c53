//! How often an address may ask something: a token bucket for each, with time as an argument.
//!
//! Invariant: at most [`MOST`] addresses are remembered, and none longer than until its bucket is full again.

use std::collections::HashMap;
use std::net::IpAddr;

use super::proxy::counted;
use crate::pace::TokenBucket;

/// At most so many addresses (of IPv6: /64s) are remembered. Beyond them strangers are refused until one is forgotten.
const MOST: usize = 10_000;

/// The buckets of the addresses that have asked lately.
#[derive(Clone, Debug)]
pub(crate) struct AddressRates {
    /// An address may ask so often at once.
    burst: u32,
    /// It may ask so often each second after that.
    per_second: f64,
    /// These have asked lately.
    buckets: HashMap<IpAddr, TokenBucket>,
}

impl AddressRates {
    /// Nobody has asked yet.
    pub(crate) fn new(burst: u32, per_second: f64) -> Self {
        Self {
            burst,
            per_second,
            buckets: HashMap::new(),
        }
    }

    /// Says whether this address may ask once more at `now`, in ms. Loopback always may.
    pub(crate) fn take(&mut self, address: IpAddr, now: u64) -> bool {
        let Some(address) = counted(address) else {
            return true;
        };
        if self.buckets.len() >= MOST && !self.buckets.contains_key(&address) {
            let burst = self.burst;
            self.buckets
                .retain(|_, bucket| bucket.ready_at(burst, now) > now);
            if self.buckets.len() >= MOST {
                return false;
            }
        }
        let fresh = || TokenBucket::full(self.burst, self.per_second, now);
        let bucket = self.buckets.entry(address).or_insert_with(fresh);
        bucket.take(1, now)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    fn address(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(0x0a00_0000 + number).into()
    }

    #[test]
    fn an_address_has_its_burst_and_then_its_rate_and_others_have_theirs() {
        let mut rates = AddressRates::new(3, 10.0);
        let taken = (0..9).filter(|_| rates.take(address(1), 0)).count();
        assert_eq!(taken, 3);
        assert!(rates.take(address(2), 0));
        assert!(!rates.take(address(1), 99));
        assert!(rates.take(address(1), 100));
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_loopback_is_not_counted() {
        let mut rates = AddressRates::new(3, 10.0);
        let of_one_network =
            |host: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, host));
        let taken = (0..9)
            .filter(|host| rates.take(of_one_network(*host), 0))
            .count();
        assert_eq!(taken, 3);
        assert!((0..99).all(|_| rates.take(Ipv4Addr::LOCALHOST.into(), 0)));
    }

    #[test]
    fn whoever_has_not_asked_for_a_while_is_forgotten() {
        let mut rates = AddressRates::new(3, 10.0);
        for number in 0..30_000 {
            rates.take(address(number), 0);
        }
        assert_eq!(rates.buckets.len(), MOST);
        assert!(!rates.take(address(30_000), 0));
        assert!(rates.take(address(1), 0), "who is known may ask");
        // Each has asked once: that is made up for after a tenth of a second.
        assert!(rates.take(address(30_000), 100));
        assert!(rates.buckets.len() <= 2);
    }
}
