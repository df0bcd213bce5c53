//! Many durations, and which of them so many do not exceed.
//!
//! Invariant: it takes the same memory however many there are, and what it answers is at most 1.6 % beside the truth.

use std::time::Duration;

use crate::histogram::{Steps, step_of_rank};

/// What is told of a duration is a 64th too long at most.
const STEPS: Steps = Steps(64);

/// The longest duration that is told apart has so many bits, in microseconds: 71 minutes.
const BITS: u32 = 32;

/// Durations, counted by their size.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delays {
    /// How many fell into each step; as long as the largest needs.
    steps: Vec<u64>,
    count: u64,
    largest: Duration,
}

impl Delays {
    /// One more.
    pub(crate) fn add(&mut self, delay: Duration) {
        let step = STEPS.of(micros(delay));
        if self.steps.len() <= step {
            self.steps.resize(step + 1, 0);
        }
        if let Some(count) = self.steps.get_mut(step) {
            *count += 1;
        }
        self.count += 1;
        self.largest = self.largest.max(delay);
    }

    /// So many there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// None is longer; zero where there are none.
    pub(crate) fn largest(&self) -> Duration {
        self.largest
    }

    /// The duration that this share (`0.0..=1.0`) of all does not exceed, by the nearest rank; `None` where there are none.
    pub(crate) fn quantile(&self, share: f64) -> Option<Duration> {
        let rank = ((share * self.count as f64).ceil() as u64).clamp(1, self.count.max(1));
        let step = step_of_rank(self.steps.iter().copied(), rank)?;
        Some(Duration::from_micros(STEPS.end(step)).min(self.largest))
    }
}

fn micros(delay: Duration) -> u64 {
    let longest = (1 << BITS) - 1;
    u64::try_from(delay.as_micros()).map_or(longest, |micros| micros.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_do_not_exceed_it() {
        let mut delays = Delays::default();
        assert_eq!((delays.quantile(0.5), delays.count()), (None, 0));
        for ms in (1..=1_000).rev() {
            delays.add(Duration::from_millis(ms));
        }
        for (share, truth) in [(0.5, 500.0), (0.95, 950.0), (0.99, 990.0), (0.001, 1.0)] {
            let found = delays.quantile(share).unwrap().as_secs_f64() * 1e3;
            assert!((found / truth - 1.0).abs() < 0.016, "{share}: {found}");
            assert!(found >= truth, "never too little");
        }
        assert_eq!(delays.quantile(1.0), Some(Duration::from_secs(1)));
        assert_eq!(
            (delays.largest(), delays.count()),
            (Duration::from_secs(1), 1_000)
        );
    }

    #[test]
    fn what_is_very_long_is_counted_and_takes_no_room() {
        let mut delays = Delays::default();
        delays.add(Duration::MAX);
        assert!(delays.steps.len() < 2_000);
        assert_eq!(delays.count(), 1);
    }
}
