//! The time at which something was made, in its last bytes.
//!
//! Invariant: the stamp of one run is never taken for one of another, which has another clock.

use std::time::{Duration, Instant};

/// A stamp has so many bytes: the run's id, then the microseconds since the run began.
pub(crate) const STAMP_BYTES: usize = 16;

/// The clock of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StampClock {
    run: u64,
    began: Instant,
}

impl StampClock {
    /// The clock of the run with this id, which should be like no other's, and which begins now.
    pub(crate) fn new(run: u64, now: Instant) -> Self {
        Self { run, began: now }
    }

    /// The run has this id.
    pub(crate) fn run(self) -> u64 {
        self.run
    }

    /// So many microseconds have passed since the run began.
    pub(crate) fn micros(self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.began);
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    }

    /// So much time has passed since the run was so many microseconds old.
    pub(crate) fn since(self, micros: u64, now: Instant) -> Duration {
        Duration::from_micros(self.micros(now).saturating_sub(micros))
    }

    /// What is made now bears this at its end.
    pub(crate) fn stamp(self, now: Instant) -> [u8; STAMP_BYTES] {
        let both = u128::from(self.run) << 64 | u128::from(self.micros(now));
        both.to_be_bytes()
    }

    /// How long ago something was made; `None` when it bears no stamp of this run.
    pub(crate) fn age(self, data: &[u8], now: Instant) -> Option<Duration> {
        let both = u128::from_be_bytes(*data.last_chunk::<STAMP_BYTES>()?);
        let micros = both as u64;
        (both >> 64 == u128::from(self.run)).then(|| self.since(micros, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bears_a_stamp_tells_its_age_to_its_own_run_alone() {
        let began = Instant::now();
        let clock = StampClock::new(5, began);
        let made = began + Duration::from_secs(90);
        let mut data = vec![1, 2, 3];
        data.extend(clock.stamp(made));
        let now = made + Duration::from_millis(12);
        assert_eq!(clock.age(&data, now), Some(Duration::from_millis(12)));
        assert_eq!(clock.age(&data[..STAMP_BYTES], now), None);
        assert_eq!(clock.age(&data[..5], now), None);
        assert_eq!(StampClock::new(6, began).age(&data, now), None);
        assert_eq!(clock.age(&data, began), Some(Duration::ZERO), "never less");
    }
}
