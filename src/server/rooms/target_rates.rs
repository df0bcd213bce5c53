//! How fast one person may write to each of the others.
//!
//! Pure: time is an argument. Invariant: in any span of time no more reaches one target than the burst and the rate of its
//! kind, however many others are written to; what is remembered is of targets that were written to lately.

use super::ids::SeatId;
use super::relay_kind::RelayKind;
use crate::pace::TokenBucket;
use crate::server::clock::UnixMillis;

/// Session descriptions for one target at once. A connection is set up with one, and mended with a few.
const DESCRIPTIONS: u32 = 30;

/// Session descriptions for one target each second.
const DESCRIPTIONS_PER_SECOND: u32 = 10;

/// Candidates for one target at once. A browser with several networks gathers some 30, and again each time ICE is
/// restarted: this is enough for five times in a row.
const CANDIDATES: u32 = 150;

/// Candidates for one target each second.
const CANDIDATES_PER_SECOND: u32 = 20;

/// The rates at which one person may write to the others.
#[derive(Debug, Default)]
pub(super) struct TargetRates(Vec<Written>);

/// What one target may still be sent.
#[derive(Debug)]
struct Written {
    /// The target has this seat.
    target: SeatId,
    /// A description takes one.
    descriptions: TokenBucket,
    /// A candidate takes one.
    candidates: TokenBucket,
}

impl TargetRates {
    /// Counts a message for a target; `false` when it is too many.
    pub(super) fn take(&mut self, target: SeatId, kind: RelayKind, now: UnixMillis) -> bool {
        let known = self.0.iter().position(|written| written.target == target);
        let index = known.unwrap_or_else(|| {
            // Room for another is made by those that are as if they had never been written to.
            self.0.retain(|written| !written.is_long_ago(now));
            self.0.push(Written::nothing_to(target, now));
            self.0.len() - 1
        });
        self.0.get_mut(index).is_some_and(|written| match kind {
            RelayKind::Description => written.descriptions.take(1, now),
            RelayKind::Candidate => written.candidates.take(1, now),
        })
    }

    /// Forgets a target that has no seat any more.
    pub(super) fn forget(&mut self, target: SeatId) {
        self.0.retain(|written| written.target != target);
    }
}

impl Written {
    fn nothing_to(target: SeatId, now: UnixMillis) -> Self {
        let full = |burst, per_second: u32| TokenBucket::full(burst, f64::from(per_second), now);
        Self {
            target,
            descriptions: full(DESCRIPTIONS, DESCRIPTIONS_PER_SECOND),
            candidates: full(CANDIDATES, CANDIDATES_PER_SECOND),
        }
    }

    fn is_long_ago(&self, now: UnixMillis) -> bool {
        self.descriptions.is_full(now) && self.candidates.is_full(now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_target_takes_a_burst_and_a_rate_of_each_kind() {
        for (kind, burst, per_second) in [
            (RelayKind::Description, 30, 10),
            (RelayKind::Candidate, 150, 20),
        ] {
            let mut rates = TargetRates::default();
            let mut passed = |times: usize, now| {
                let passed = (0..times).filter(|_| rates.take(SeatId(1), kind, now));
                passed.count()
            };
            assert_eq!(passed(1_000, 0), burst, "{kind:?}");
            assert_eq!(passed(1_000, 1_000), per_second, "{kind:?}");
            assert_eq!(passed(1_000, 60_000), burst, "{kind:?}");
        }
    }

    #[test]
    fn a_newcomer_offers_to_everybody_at_once() {
        let mut rates = TargetRates::default();
        for target in 1..=1_000 {
            assert!(rates.take(SeatId(target), RelayKind::Description, 0));
            for _ in 0..100 {
                assert!(rates.take(SeatId(target), RelayKind::Candidate, 0));
            }
        }
    }

    #[test]
    fn who_left_or_was_not_written_to_lately_is_forgotten() {
        let mut rates = TargetRates::default();
        for target in 1..=100 {
            rates.take(SeatId(target), RelayKind::Description, 0);
        }
        rates.forget(SeatId(7));
        assert_eq!(rates.0.len(), 99);
        rates.take(SeatId(1), RelayKind::Description, 1_000);
        rates.take(SeatId(101), RelayKind::Candidate, 1_000);
        assert_eq!(rates.0.len(), 2);
    }

    proptest! {
        #[test]
        fn no_target_gets_more_than_its_burst_and_rate(said in prop::collection::vec((0_u64..60, 1_u64..4, any::<bool>()), 1..2_000)) {
            let mut rates = TargetRates::default();
            let mut now = 0;
            let mut passed = std::collections::BTreeMap::new();
            for (gap, target, is_description) in said {
                now += gap;
                let kind = if is_description { RelayKind::Description } else { RelayKind::Candidate };
                if rates.take(SeatId(target), kind, now) {
                    *passed.entry((target, is_description)).or_insert(0_u64) += 1;
                }
            }
            for ((_, is_description), count) in passed {
                let (burst, per_second) = if is_description { (30, 10) } else { (150, 20) };
                prop_assert!(count <= burst + per_second * now / 1_000 + 1);
            }
        }
    }
}
