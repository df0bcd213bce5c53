//! What a receiver without transport feedback reports of its streams, put together.
//!
//! Invariant: reports that come together are looked at together: one stream's losses are not taken for the line's.

use super::micros::Micros;

/// Reports of this time are looked at together, in µs.
const TOGETHER: Micros = 500_000;

/// Puts reports together.
#[derive(Debug, Default)]
pub(super) struct LossReports {
    /// The sum of the shares that were lost, the number of reports, and when the first of them came.
    sum: Option<(f64, f64, Micros)>,
}

impl LossReports {
    /// Takes a share of packets that was lost, 0 to 1; gives the mean when it is time. Other numbers count as nothing.
    pub(super) fn add(&mut self, lost: f64, now: Micros) -> Option<f64> {
        if !(0.0..=1.0).contains(&lost) {
            return None;
        }
        let (sum, count, since) = self.sum.unwrap_or((0.0, 0.0, now));
        let (sum, count) = (sum + lost, count + 1.0);
        let is_time = now.saturating_sub(since) >= TOGETHER;
        self.sum = (!is_time).then_some((sum, count, since));
        is_time.then_some(sum / count)
    }
}

#[cfg(test)]
#[path = "tests/loss_reports.rs"]
mod tests;
