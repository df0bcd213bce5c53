//! How long a shard lets datagrams gather, so that one turn serves many: the system is called less often for each, and what goes
//! to one person goes together.
//!
//! Invariant: what comes after a pause does not wait, and nothing waits longer than [`LONGEST`].

use std::time::{Duration, Instant};

/// Turns begin so far apart at least. It is less than a twentieth of the time between two packets of a voice.
const LONGEST: Duration = Duration::from_micros(500);

/// Says how much later the next turn is to begin, when the last one began then.
pub(super) fn gathering(last: Instant, now: Instant) -> Duration {
    (last + LONGEST).saturating_duration_since(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_begin_half_a_millisecond_apart() {
        let last = Instant::now();
        let soon = last + Duration::from_micros(200);
        assert_eq!(gathering(last, soon), Duration::from_micros(300));
        assert_eq!(gathering(last, last), LONGEST);
    }

    #[test]
    fn after_a_pause_nothing_waits() {
        let last = Instant::now();
        assert_eq!(gathering(last, last + LONGEST), Duration::ZERO);
        let much_later = last + Duration::from_secs(9);
        assert_eq!(gathering(last, much_later), Duration::ZERO);
    }
}
