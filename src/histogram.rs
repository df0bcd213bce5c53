//! Numbers counted by their size: each doubling is divided into equally many steps, so that what is told of one is equally exact everywhere.
//!
//! Pure. Invariant: every number has a step, which ends with it or behind it; steps are in the order of the numbers.

/// Each doubling is divided into so many steps, which is a power of two; below that each number has its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps(pub(crate) u64);

impl Steps {
    /// The step that a number falls into.
    pub(crate) fn of(self, number: u64) -> usize {
        let Self(steps) = self;
        if number < steps {
            return number as usize;
        }
        let doublings = number.ilog2() - steps.ilog2();
        let inside = (number >> doublings) - steps;
        (steps + u64::from(doublings) * steps + inside) as usize
    }

    /// The largest number that falls into a step.
    pub(crate) fn end(self, step: usize) -> u64 {
        let (Self(steps), step) = (self, step as u64);
        if step < steps {
            return step;
        }
        let doublings = (step - steps) / steps;
        let inside = (step - steps) % steps;
        ((steps + inside + 1) << doublings) - 1
    }
}

/// The step of the number of this rank, counted from 1, where so many fell into each step; `None` where there are fewer.
pub(crate) fn step_of_rank(counts: impl IntoIterator<Item = u64>, rank: u64) -> Option<usize> {
    let mut below = 0;
    counts.into_iter().position(|count| {
        below += count;
        below >= rank
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_number_has_a_step_that_ends_with_it_or_behind_it() {
        for steps in [Steps(4), Steps(64)] {
            let mut last = 0;
            for number in (0..5_000).chain([1 << 20, (1 << 20) + 1, (1 << 32) - 1]) {
                let step = steps.of(number);
                assert!(step >= last, "{number}");
                assert!(steps.end(step) >= number);
                assert!(step == 0 || steps.end(step - 1) < number);
                last = step;
            }
        }
    }

    #[test]
    fn a_rank_is_found_in_its_step() {
        let counts = [0, 2, 0, 1];
        let found = [1, 2, 3, 4].map(|rank| step_of_rank(counts, rank));
        assert_eq!(found, [Some(1), Some(1), Some(3), None]);
        assert_eq!(step_of_rank([], 1), None);
    }

    proptest! {
        #[test]
        fn a_step_is_a_share_of_its_numbers_too_large_at_most(number in 0_u64..1 << 40, doubling in 1_u32..8) {
            let steps = Steps(1 << doubling);
            let end = steps.end(steps.of(number));
            prop_assert!(number <= end && end <= number + (number >> doubling), "{number} {end}");
        }
    }
}
