//! Whether the queue grows: the slope of a line through its last lengths, against a threshold that adapts (draft-ietf-rmcat-gcc-02,
//! section 5.4; the line in place of a Kalman filter is that of Carlucci et al., “Congestion Control for Web Real-Time
//! Communication”, 2017).
//!
//! Invariant: the threshold stays within [`THRESHOLDS`].

use std::collections::VecDeque;

use super::micros::Micros;

/// A line is drawn through so many lengths.
const POINTS: usize = 20;

/// A new length counts with this weight, the ones before it with the rest.
const WEIGHT: f64 = 0.4;

/// A slope is weighed with the number of lengths seen, up to this, …
const MOST_SEEN: f64 = 60.0;

/// … and with this.
const GAIN: f64 = 4.0;

/// The thresholds that are possible.
const THRESHOLDS: (f64, f64) = (6.0, 600.0);

/// The threshold at the beginning.
const FIRST_THRESHOLD: f64 = 12.5;

/// A threshold follows what is above and what is below it so fast, per ms.
const FOLLOWING: (f64, f64) = (0.0087, 0.039);

/// What is so much beyond the threshold is an outlier that it does not follow.
const OUTLIER: f64 = 15.0;

/// A queue grows when it has grown for this many ms, …
const LASTING: f64 = 10.0;

/// … and for so many groups.
const LASTING_GROUPS: u32 = 3;

/// How the line is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Usage {
    /// The queue does not change much.
    #[default]
    Normal,
    /// The queue grows.
    Over,
    /// The queue shrinks.
    Under,
}

/// Watches the queue.
#[derive(Debug)]
pub(super) struct Trend {
    /// When groups were sent, and what queue they found, smoothed; in ms.
    points: VecDeque<(f64, f64)>,
    /// So many groups were seen.
    seen: f64,
    /// The threshold.
    threshold: f64,
    /// For how many ms, and groups, the slope has been above it.
    above: (f64, u32),
    /// The slope before.
    slope: f64,
    /// What was found.
    usage: Usage,
}

impl Default for Trend {
    fn default() -> Self {
        Self {
            points: VecDeque::with_capacity(POINTS + 1),
            seen: 0.0,
            threshold: FIRST_THRESHOLD,
            above: (0.0, 0),
            slope: 0.0,
            usage: Usage::Normal,
        }
    }
}

impl Trend {
    /// Takes the queue in ms that a group found which was sent then.
    pub(super) fn add(&mut self, sent: Micros, waiting: f64) {
        let at = sent as f64 / 1_000.0;
        let last = self.points.back().copied();
        let (since, before) = last.map_or((0.0, waiting), |(then, before)| (at - then, before));
        self.points
            .push_back((at, before + WEIGHT * (waiting - before)));
        if self.points.len() > POINTS {
            self.points.pop_front();
        }
        self.seen = MOST_SEEN.min(self.seen + 1.0);
        if self.points.len() < POINTS / 2 {
            return;
        }
        let slope = slope(&self.points);
        let weighed = slope * self.seen * GAIN;
        self.usage = if weighed > self.threshold {
            self.above = (self.above.0 + since, self.above.1 + 1);
            let is_lasting = self.above.0 > LASTING && self.above.1 >= LASTING_GROUPS;
            match is_lasting && slope >= self.slope {
                true => Usage::Over,
                false if self.usage == Usage::Over => Usage::Over,
                false => Usage::Normal,
            }
        } else {
            self.above = (0.0, 0);
            match weighed < -self.threshold {
                true => Usage::Under,
                false => Usage::Normal,
            }
        };
        self.slope = slope;
        self.adapt(weighed.abs(), since);
    }

    /// What was found last.
    pub(super) fn usage(&self) -> Usage {
        self.usage
    }

    /// Lets the threshold follow.
    fn adapt(&mut self, weighed: f64, since: f64) {
        if weighed > self.threshold + OUTLIER {
            return;
        }
        let following = match weighed > self.threshold {
            true => FOLLOWING.0,
            false => FOLLOWING.1,
        };
        let step = following * (weighed - self.threshold) * since.min(100.0);
        self.threshold = (self.threshold + step).clamp(THRESHOLDS.0, THRESHOLDS.1);
    }
}

/// The slope of the line through these points that has the least squares; 0 where there is none.
fn slope(points: &VecDeque<(f64, f64)>) -> f64 {
    let count = points.len() as f64;
    let sum = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>();
    let (x, y) = (sum(|it| it.0) / count, sum(|it| it.1) / count);
    let (mut product, mut square) = (0.0, 0.0);
    for point in points {
        product += (point.0 - x) * (point.1 - y);
        square += (point.0 - x) * (point.0 - x);
    }
    match square > 0.0 {
        true => product / square,
        false => 0.0,
    }
}

#[cfg(test)]
#[path = "tests/trend.rs"]
mod tests;
