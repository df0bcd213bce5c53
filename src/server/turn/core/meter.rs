//! How many bytes a person, or everybody together, may have relayed: a virtual-scheduling meter without a lock.
//!
//! Invariant: in any span of time no more bytes pass than the burst plus the rate times the span.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::server::clock::UnixMillis;

/// So much may pass at once, in ms of the rate.
const BURST_MS: u64 = 500;

/// A rate, which the operator writes in Mbit/s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bandwidth {
    /// The rate is so many bytes per ms.
    bytes_per_ms: u64,
}

impl Bandwidth {
    /// Reads Mbit/s; it is at least one.
    pub(crate) fn megabits(megabits: u32) -> Self {
        Self {
            bytes_per_ms: u64::from(megabits.max(1)) * 125,
        }
    }
}

/// A meter counts what passes and says when it is too much.
#[derive(Debug)]
pub(super) struct Meter {
    /// One byte takes so much of the rate, in 2⁻²⁴ ms.
    cost: u64,
    /// Everything that passed will have passed at the rate by then, in 2⁻²⁴ ms since `origin`.
    busy_until: AtomicU64,
    /// The meter began then; counted from here, fractions of a ms fit into 64 bits.
    origin: UnixMillis,
}

impl Meter {
    pub(crate) fn new(bandwidth: Bandwidth, now: UnixMillis) -> Self {
        Self {
            cost: (1_u64 << 24).div_ceil(bandwidth.bytes_per_ms),
            busy_until: AtomicU64::new(0),
            origin: now,
        }
    }

    /// Lets `bytes` bytes pass, or not.
    pub(crate) fn allows(&self, bytes: usize, now: UnixMillis) -> bool {
        let now = now.saturating_sub(self.origin).saturating_mul(1 << 24);
        let cost = u64::try_from(bytes)
            .unwrap_or(u64::MAX)
            .saturating_mul(self.cost);
        self.busy_until
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |busy_until| {
                let next = busy_until.max(now).saturating_add(cost);
                (next <= now.saturating_add(BURST_MS << 24)).then_some(next)
            })
            .is_ok()
    }

    /// Says when everything that passed will have passed at the rate: from then on the meter is like a new one.
    pub(super) fn rests_at(&self) -> UnixMillis {
        let busy = self.busy_until.load(Ordering::Relaxed).div_ceil(1 << 24);
        self.origin.saturating_add(busy)
    }

    /// Says whether nothing passed yet.
    pub(super) fn is_unused(&self) -> bool {
        self.busy_until.load(Ordering::Relaxed) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_passes_at_once_and_then_the_rate() {
        let meter = Meter::new(Bandwidth::megabits(8), 0);
        let at_once = (0..2000).filter(|_| meter.allows(1000, 0)).count();
        assert!((499..=500).contains(&at_once), "{at_once}");
        let later = (0..10_000).filter(|ms| meter.allows(1000, *ms)).count();
        assert!((9_980..=10_000).contains(&later), "{later}");
    }

    #[test]
    fn a_meter_rests_when_what_passed_has_passed_at_the_rate() {
        let meter = Meter::new(Bandwidth::megabits(8), 1_000);
        assert!(meter.is_unused());
        assert!(meter.allows(100_000, 5_000));
        assert!(!meter.is_unused());
        assert!(
            (5_099..=5_101).contains(&meter.rests_at()),
            "{}",
            meter.rests_at()
        );
    }

    #[test]
    fn a_meter_that_rested_lets_no_more_than_the_burst_pass() {
        let meter = Meter::new(Bandwidth::megabits(8), 0);
        let at_once = (0..9000).filter(|_| meter.allows(1000, 3_600_000)).count();
        assert!((499..=500).contains(&at_once), "{at_once}");
    }
}
