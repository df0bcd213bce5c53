//! How long the turns of a thread take, and whether that is too long.
//!
//! Invariant: what is said rests on a second at least, so that one long turn is no overload.

use std::time::{Duration, Instant};

/// Turns are averaged over this.
const SPAN: Duration = Duration::from_secs(1);

/// A thread that does not rest and whose turns take longer than this on average has more to do than it has time for.
const TOO_LONG: Duration = Duration::from_millis(4);

/// Measures turns.
#[derive(Debug)]
pub(super) struct TurnTimes {
    /// The span began then.
    since: Instant,
    /// So many turns ended in it.
    turns: u32,
    /// They took so long together.
    spent: Duration,
}

impl TurnTimes {
    /// Begins a span.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            since: now,
            turns: 0,
            spent: Duration::ZERO,
        }
    }

    /// Counts a turn. At the end of a span it says whether its turns took too long.
    pub(super) fn add(&mut self, began: Instant, ended: Instant) -> Option<bool> {
        self.turns += 1;
        self.spent += ended.saturating_duration_since(began);
        let passed = ended.saturating_duration_since(self.since);
        if passed < SPAN {
            return None;
        }
        let rests = self.spent < passed / 2;
        let is_too_long = !rests && self.spent / self.turns > TOO_LONG;
        *self = Self::new(ended);
        Some(is_too_long)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// Lets turns of this length follow each other for a little more than a second.
    fn judged(times: &mut TurnTimes, mut now: Instant, length: Duration) -> Vec<bool> {
        let end = now + SPAN + length;
        let mut judged = Vec::new();
        while now < end {
            judged.extend(times.add(now, now + length));
            now += length;
        }
        judged
    }

    #[test]
    fn a_second_of_long_turns_is_an_overload_and_one_of_short_ones_ends_it() {
        let now = Instant::now();
        let mut times = TurnTimes::new(now);
        assert_eq!(judged(&mut times, now, 5 * MILLISECOND), [true]);
        let later = now + 2 * SPAN;
        assert_eq!(judged(&mut times, later, 3 * MILLISECOND), [false, false]);
    }

    #[test]
    fn a_thread_that_rests_most_of_the_time_may_take_long_turns() {
        let now = Instant::now();
        let mut times = TurnTimes::new(now);
        let later = now + 10 * SPAN;
        assert_eq!(times.add(later, later + 50 * MILLISECOND), Some(false));
    }

    #[test]
    fn one_long_turn_among_many_is_none() {
        let now = Instant::now();
        let mut times = TurnTimes::new(now);
        assert_eq!(times.add(now, now + 100 * MILLISECOND), None);
        let rest = now + 100 * MILLISECOND;
        assert_eq!(judged(&mut times, rest, MILLISECOND), [false]);
    }
}
