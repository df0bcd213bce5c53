//! When a picture stood still, by the rule of `getStats` (W3C webrtc-stats, `freezeCount`): a picture that came max(3δ, δ + 150 ms)
//! behind the one before or later, where δ is the mean of the last 30 times between two.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// δ is the mean of at most so many.
const REMEMBERED: usize = 30;

/// With fewer there is no telling; libwebrtc wants as many.
const NEEDED: usize = 5;

/// It is a freeze only when it is at least so much longer than usual.
const LONGER: Duration = Duration::from_millis(150);

/// The times between the pictures of one track.
#[derive(Clone, Debug, Default)]
pub(crate) struct Freezes {
    last: Option<Instant>,
    gaps: VecDeque<Duration>,
    sum: Duration,
}

impl Freezes {
    /// A picture is shown: says for how long the one before stood still, if it did.
    pub(crate) fn picture(&mut self, now: Instant) -> Option<Duration> {
        let gap = now.saturating_duration_since(self.last.replace(now)?);
        let known = self.gaps.len();
        let mean = self.sum / u32::try_from(known).unwrap_or(u32::MAX).max(1);
        let is_frozen = known >= NEEDED && gap >= (mean * 3).max(mean + LONGER);
        self.gaps.push_back(gap);
        self.sum += gap;
        if self.gaps.len() > REMEMBERED
            && let Some(oldest) = self.gaps.pop_front()
        {
            self.sum = self.sum.saturating_sub(oldest);
        }
        is_frozen.then_some(gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn freezes(gaps_ms: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut freezes = Freezes::default();
        let mut now = Instant::now();
        assert_eq!(freezes.picture(now), None);
        let mut found = vec![];
        for gap in gaps_ms {
            now += Duration::from_millis(gap);
            let frozen = freezes.picture(now);
            found.extend(frozen.map(|frozen| frozen.as_millis() as u64));
        }
        found
    }

    #[test]
    fn a_gap_is_a_freeze_when_it_is_much_longer_than_usual() {
        let usual = [40; 30];
        // 3δ is 120 ms, δ + 150 ms is 190 ms: the longer one counts.
        for (gap, expected) in [(189, vec![]), (190, vec![190]), (2_000, vec![2_000])] {
            assert_eq!(freezes(usual.into_iter().chain([gap, 40])), expected);
        }
        let slow = [100; 30];
        for (gap, expected) in [(299, vec![]), (300, vec![300])] {
            assert_eq!(freezes(slow.into_iter().chain([gap])), expected);
        }
    }

    #[test]
    fn before_anything_is_usual_nothing_is_a_freeze() {
        assert_eq!(freezes([40, 40, 40, 40, 5_000]), [] as [u64; 0]);
        assert_eq!(freezes([40, 40, 40, 40, 40, 5_000]), [5_000]);
    }

    #[test]
    fn what_is_usual_is_what_was_of_late() {
        let slower = [40; 30].into_iter().chain([180; 30]).chain([500]);
        assert_eq!(
            freezes(slower),
            [] as [u64; 0],
            "500 ms is less than 3 × 180 ms"
        );
    }
}
