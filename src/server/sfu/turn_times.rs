//! How long the turns of a thread take, and whether that is too long.
//!
//! Invariant: what is said rests on a second at least, so that one long turn is no overload; and a load is said to be over only
//! when it was less for [`RELIEVED`], so that what was left undone for it does not bring it back at once.

use std::time::{Duration, Instant};

use super::load::Load;

/// Turns are averaged over this.
const SPAN: Duration = Duration::from_secs(1);

/// A load has to be less for so long until it is said to be.
const RELIEVED: Duration = Duration::from_secs(10);

/// Measures turns.
#[derive(Debug)]
pub(super) struct TurnTimes {
    /// The span began then.
    since: Instant,
    /// So many turns ended in it.
    turns: u32,
    /// They took so long together.
    spent: Duration,
    /// What was said last.
    load: Load,
    /// The load has been less since then.
    less_since: Option<Instant>,
}

impl TurnTimes {
    /// Begins a span.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            since: now,
            turns: 0,
            spent: Duration::ZERO,
            load: Load::default(),
            less_since: None,
        }
    }

    /// Counts a turn. At the end of a span it says how heavy the load is.
    pub(super) fn add(&mut self, began: Instant, ended: Instant) -> Option<Load> {
        self.turns += 1;
        self.spent += ended.saturating_duration_since(began);
        let passed = ended.saturating_duration_since(self.since);
        if passed < SPAN {
            return None;
        }
        let load = if self.spent < passed / 2 {
            Load::Bearable
        } else {
            Load::of_turns(self.spent / self.turns)
        };
        (self.since, self.turns, self.spent) = (ended, 0, Duration::ZERO);
        let is_more = load >= self.load;
        let less_since = *self.less_since.get_or_insert(ended);
        if is_more || ended.saturating_duration_since(less_since) >= RELIEVED {
            self.load = load;
            self.less_since = None;
        }
        Some(self.load)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// Lets turns of this length follow each other for a little more than so many seconds, and gives what is said.
    fn judged(
        times: &mut TurnTimes,
        now: &mut Instant,
        length: Duration,
        seconds: u32,
    ) -> Vec<Load> {
        let end = *now + SPAN * seconds + length;
        let mut judged = Vec::new();
        while *now < end {
            judged.extend(times.add(*now, *now + length));
            *now += length;
        }
        judged
    }

    #[test]
    fn a_second_of_long_turns_is_heavy_and_one_of_longer_ones_too_heavy() {
        let mut now = Instant::now();
        let mut times = TurnTimes::new(now);
        let light = judged(&mut times, &mut now, 3 * MILLISECOND, 1);
        assert_eq!(light, [Load::Bearable]);
        let heavy = judged(&mut times, &mut now, 5 * MILLISECOND, 1);
        assert_eq!(heavy, [Load::Heavy]);
        let heavier = judged(&mut times, &mut now, 9 * MILLISECOND, 1);
        assert_eq!(heavier, [Load::TooHeavy]);
    }

    #[test]
    fn it_is_over_when_it_was_less_for_ten_seconds_without_a_break() {
        let mut now = Instant::now();
        let mut times = TurnTimes::new(now);
        judged(&mut times, &mut now, 9 * MILLISECOND, 1);
        let less = judged(&mut times, &mut now, 3 * MILLISECOND, 9);
        assert!(less.iter().all(|it| *it == Load::TooHeavy), "{less:?}");
        let again = judged(&mut times, &mut now, 9 * MILLISECOND, 1);
        assert!(again.iter().all(|it| *it == Load::TooHeavy), "{again:?}");
        let less = judged(&mut times, &mut now, 5 * MILLISECOND, 12);
        assert_eq!(less.first(), Some(&Load::TooHeavy));
        assert_eq!(less.last(), Some(&Load::Heavy));
    }

    #[test]
    fn a_thread_that_rests_most_of_the_time_may_take_long_turns() {
        let now = Instant::now();
        let mut times = TurnTimes::new(now);
        let later = now + 10 * SPAN;
        assert_eq!(
            times.add(later, later + 50 * MILLISECOND),
            Some(Load::Bearable)
        );
    }

    #[test]
    fn one_long_turn_among_many_is_none() {
        let mut now = Instant::now();
        let mut times = TurnTimes::new(now);
        assert_eq!(times.add(now, now + 100 * MILLISECOND), None);
        now += 100 * MILLISECOND;
        assert_eq!(
            judged(&mut times, &mut now, MILLISECOND, 1),
            [Load::Bearable]
        );
    }
}
