//! Many durations, and which of them so many do not exceed.
//!
//! Invariant: it takes the same memory however many there are, and what it answers is at most 1.6 % beside the truth.

use std::time::Duration;

/// Each doubling of a duration is divided into so many steps.
const STEPS: u64 = 64;

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
        let step = step_of(micros(delay));
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
        let mut below = 0;
        for (step, count) in self.steps.iter().enumerate() {
            below += count;
            if below >= rank {
                let end = Duration::from_micros(end_of(step as u64));
                return Some(end.min(self.largest));
            }
        }
        None
    }
}

fn micros(delay: Duration) -> u64 {
    let longest = (1 << BITS) - 1;
    u64::try_from(delay.as_micros()).map_or(longest, |micros| micros.min(longest))
}

/// The step that so many microseconds fall into: below [`STEPS`] each has its own.
fn step_of(micros: u64) -> usize {
    if micros < STEPS {
        return micros as usize;
    }
    let doublings = micros.ilog2() - STEPS.ilog2();
    let inside = (micros >> doublings) - STEPS;
    (STEPS + u64::from(doublings) * STEPS + inside) as usize
}

/// The longest that falls into a step, in microseconds.
fn end_of(step: u64) -> u64 {
    if step < STEPS {
        return step;
    }
    let doublings = (step - STEPS) / STEPS;
    let inside = (step - STEPS) % STEPS;
    ((STEPS + inside + 1) << doublings) - 1
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
    fn every_duration_has_a_step_that_ends_with_it_or_behind_it() {
        let mut last = 0;
        for micros in (0..5_000).chain([1 << 20, (1 << 20) + 1, (1 << BITS) - 1]) {
            let step = step_of(micros);
            assert!(step >= last, "{micros}");
            assert!(end_of(step as u64) >= micros);
            assert!(step == 0 || end_of(step as u64 - 1) < micros);
            last = step;
        }
    }

    #[test]
    fn what_is_very_long_is_counted_and_takes_no_room() {
        let mut delays = Delays::default();
        delays.add(Duration::MAX);
        assert!(delays.steps.len() < 2_000);
        assert_eq!(delays.count(), 1);
    }
}
