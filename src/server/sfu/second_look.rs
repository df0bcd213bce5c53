//! Whether what is estimated of a line is looked at a second time, before somebody vanishes for it or while they have not come yet.
//!
//! A probe lasts 15 ms (libwebrtc's `min_probe_duration`). A machine that is kept busy by the beginning of a call reads its packets
//! so much later that a wide line looks narrow; the next probe of the library comes five seconds later.
//!
//! Invariant: a line is not looked at while everybody is seen, and the longer the answer is the same the less often.

use std::time::{Duration, Instant};

use super::session::FIRST_ESTIMATE;

/// The second look comes so long after the first, and each further one after twice the time: a line that is narrow indeed is not to be
/// burdened with many.
const FIRST_INTERVAL: Duration = Duration::from_millis(400);

/// So many times it doubles. After a calm as long as the last of these intervals everything begins anew.
const LOOKS: u32 = 7;

/// A line that seems narrower than this, in bits/s, is not burdened with another look.
const NARROW: f64 = 100_000.0;

/// A look begins from at least so many bits/s: a probe of less is over before it can tell a line from a machine's hiccup.
const LEAST: f64 = FIRST_ESTIMATE / 2.0;

/// The looks at one line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SecondLook {
    /// The last began then: the first when somebody was first to be seen over the line.
    last: Option<Instant>,
    /// So many were taken since everything began anew.
    taken: u32,
}

impl SecondLook {
    /// From how many bits/s the line is to be estimated anew, if it is. `estimate` is what it is said to carry, in bits/s, and `is_short`
    /// whether that keeps somebody from being seen.
    pub(super) fn take(&mut self, estimate: f64, is_short: bool, now: Instant) -> Option<f64> {
        let last = *self.last.get_or_insert(now);
        let due = last + FIRST_INTERVAL * 2_u32.pow(self.taken);
        if !is_short || now < due || estimate < NARROW {
            return None;
        }
        self.last = Some(now);
        let is_long_ago = now >= due + FIRST_INTERVAL * 2_u32.pow(LOOKS);
        self.taken = match is_long_ago {
            true => 1,
            false => LOOKS.min(self.taken + 1),
        };
        Some(estimate.max(LEAST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When a line of which every look shows this much is looked at, of runs that are 100 ms apart for a minute; in ms.
    fn looks(estimate: f64, is_short: bool) -> Vec<u64> {
        let (mut look, began) = (SecondLook::default(), Instant::now());
        let at = |run: u64| began + Duration::from_millis(100 * run);
        let runs = 0..600;
        let taken = runs.filter(|run| look.take(estimate, is_short, at(*run)).is_some());
        taken.map(|run| 100 * run).collect()
    }

    #[test]
    fn a_line_that_seems_narrow_is_looked_at_again_while_the_call_begins() {
        assert_eq!(
            looks(350_000.0, true),
            [400, 1_200, 2_800, 6_000, 12_400, 25_200, 50_800]
        );
    }

    #[test]
    fn where_nothing_is_missing_or_the_line_is_as_narrow_as_that_it_is_not() {
        assert!(looks(350_000.0, false).is_empty(), "everybody is seen");
        assert!(looks(64_000.0, true).is_empty(), "it is too narrow for it");
    }

    #[test]
    fn after_a_calm_it_begins_anew() {
        let (mut look, began) = (SecondLook::default(), Instant::now());
        let mut is_taken = |ms: u64, is_short| {
            let now = began + Duration::from_millis(ms);
            look.take(600_000.0, is_short, now).is_some()
        };
        let looks = [(0, false), (400, true), (1_200, true), (2_700, false)];
        assert_eq!(
            looks.map(|(ms, taken)| is_taken(ms, true) == taken),
            [true; 4]
        );
        assert!(!is_taken(100_000, false));
        let looks = [(120_000, true), (120_700, false), (120_800, true)];
        assert_eq!(
            looks.map(|(ms, taken)| is_taken(ms, true) == taken),
            [true; 3]
        );
    }

    #[test]
    fn a_look_begins_where_the_last_ended_but_not_with_less_than_tells_anything() {
        let began = Instant::now();
        for (estimate, from) in [(600_000.0, 600_000.0), (200_000.0, LEAST)] {
            let mut look = SecondLook::default();
            look.take(estimate, true, began);
            assert_eq!(
                look.take(estimate, true, began + FIRST_INTERVAL),
                Some(from)
            );
        }
    }
}
