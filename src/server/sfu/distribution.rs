//! How a length of time is distributed: what it is in the middle, for all but one in a hundred, and at most.
//!
//! Invariant: one thread notes and any may take, and nobody waits; a share is told at most a quarter too long, and never too short.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

use crate::histogram::{Steps, step_of_rank};

/// What is told of a time is a quarter too long at most.
const STEPS: Steps = Steps(4);

/// What is longer than four seconds counts with what takes so long.
const LONGEST_MICROS: u64 = (1 << 22) - 1;

/// The steps up to that: four below 4 µs, and four for each of the 20 doublings from there on.
const COUNTS: usize = 4 + 20 * 4;

/// Times that were noted since they were last taken.
#[derive(Debug)]
pub(super) struct Distribution {
    /// So many fell into each step.
    counts: [AtomicU64; COUNTS],
    /// The longest, in µs.
    longest: AtomicU64,
}

impl Default for Distribution {
    fn default() -> Self {
        Self {
            counts: [const { AtomicU64::new(0) }; COUNTS],
            longest: AtomicU64::new(0),
        }
    }
}

/// A distribution in a few numbers; those of an empty one are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shares {
    /// So many were noted.
    pub(super) count: u64,
    /// Half of them took no longer, in µs.
    pub(super) p50: u64,
    /// All but one in a hundred took no longer, in µs.
    pub(super) p99: u64,
    /// The longest, in µs.
    pub(super) longest: u64,
}

impl Distribution {
    /// Notes that something took so long, so many times.
    pub(super) fn note(&self, took: Duration, times: u64) {
        if times == 0 {
            return;
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.counts[STEPS.of(micros.min(LONGEST_MICROS))].fetch_add(times, Ordering::Relaxed);
        self.longest.fetch_max(micros, Ordering::Relaxed);
    }

    /// Takes out what was noted since this was last called.
    pub(super) fn take(&self) -> Shares {
        let counts = self.counts.each_ref();
        let counts = counts.map(|count| count.swap(0, Ordering::Relaxed));
        let longest = self.longest.swap(0, Ordering::Relaxed);
        let count = counts.iter().sum();
        let share = |hundredths| {
            let rank = u64::div_ceil(count * hundredths, 100).max(1);
            step_of_rank(counts, rank).map_or(0, |step| STEPS.end(step).min(longest))
        };
        Shares {
            count,
            p50: share(50),
            p99: share(99),
            longest,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noted(micros: impl IntoIterator<Item = u64>) -> Distribution {
        let distribution = Distribution::default();
        for it in micros {
            distribution.note(Duration::from_micros(it), 1);
        }
        distribution
    }

    #[test]
    fn of_a_thousand_times_the_middle_the_hundredth_and_the_longest_are_told() {
        let shares = noted(1..=1_000).take();
        assert_eq!((shares.count, shares.longest), (1_000, 1_000));
        assert_eq!(shares.p50, 511);
        assert_eq!(shares.p99, 1_000, "no share is longer than the longest");
    }

    #[test]
    fn one_in_two_hundred_is_no_share() {
        let times = [100; 199].into_iter().chain([9_000]);
        let shares = noted(times).take();
        assert_eq!((shares.p99, shares.longest), (111, 9_000));
    }

    #[test]
    fn what_was_taken_counts_no_more_and_nothing_is_nothing() {
        let distribution = noted([7]);
        assert_eq!(distribution.take().count, 1);
        assert_eq!(distribution.take(), Shares::default());
    }

    #[test]
    fn many_at_once_count_as_many() {
        let distribution = noted([10]);
        distribution.note(Duration::from_micros(500), 99);
        distribution.note(Duration::from_secs(5), 0);
        let shares = distribution.take();
        assert_eq!((shares.count, shares.p50, shares.longest), (100, 500, 500));
    }

    proptest! {
        #[test]
        fn no_time_is_too_long(micros in any::<u64>()) {
            let shares = noted([micros]).take();
            prop_assert_eq!((shares.count, shares.longest), (1, micros));
        }
    }
}
