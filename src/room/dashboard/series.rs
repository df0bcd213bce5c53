//! Two minutes of one number, for a small line.
//!
//! Invariant: never more than one point a second, whatever the pace of the device, and none older than [`SERIES_MS`] before
//! the newest.

use std::collections::VecDeque;

use crate::room::moment::Moment;
use crate::room::quality::history::ChartPoint;

/// The series reaches back this far, in ms.
pub const SERIES_MS: u64 = 120_000;

/// Of the numbers that come within so many ms the newest is kept.
const APART_MS: u64 = 1_000;

/// A number and when it came.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    /// The number came then.
    at: Moment,
    /// It was this.
    number: f64,
}

/// The numbers of the last two minutes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series(VecDeque<Point>);

impl Series {
    /// A number came; one of the same second makes room for it.
    pub(super) fn push(&mut self, at: Moment, number: f64) {
        let second = |moment: Moment| moment.0 / APART_MS;
        let last = self.0.back();
        if last.is_some_and(|last| second(last.at) >= second(at)) {
            self.0.pop_back();
        }
        self.0.push_back(Point { at, number });
        while self
            .0
            .front()
            .is_some_and(|oldest| at.since(oldest.at) > SERIES_MS)
        {
            self.0.pop_front();
        }
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The line in the unit square, oldest point first: 0 is two minutes before the newest, 1 the newest; the lowest number is
    /// at 0 and the highest at 1, and where all are the same they are in the middle. Empty with less than two points.
    pub fn line(&self) -> Vec<ChartPoint> {
        let (Some(newest), true) = (self.0.back(), self.0.len() > 1) else {
            return Vec::new();
        };
        // Halves: the difference of the two largest numbers there are is none.
        let halves = || self.0.iter().map(|point| point.number / 2.0);
        let low = halves().fold(f64::INFINITY, f64::min);
        let span = halves().fold(f64::NEG_INFINITY, f64::max) - low;
        let height = |number: f64| {
            if span > 0.0 {
                ((number / 2.0 - low) / span).clamp(0.0, 1.0)
            } else {
                0.5
            }
        };
        let points = self.0.iter().map(|point| ChartPoint {
            x: 1.0 - newest.at.since(point.at) as f64 / SERIES_MS as f64,
            y: height(point.number),
        });
        points.collect()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(numbers: &[(u64, f64)]) -> Vec<(f64, f64)> {
        let mut series = Series::default();
        for (ms, number) in numbers {
            series.push(Moment(*ms), *number);
        }
        let points = series.line().into_iter();
        points.map(|point| (point.x, point.y)).collect()
    }

    #[test]
    fn the_line_runs_from_the_lowest_to_the_highest_and_ends_with_the_newest() {
        let numbers = [(60_000, 10.0), (120_000, 30.0), (180_000, 20.0)];
        assert_eq!(line(&numbers), [(0.0, 0.0), (0.5, 1.0), (1.0, 0.5)]);
        assert_eq!(line(&[(0, 5.0), (120_000, 5.0)]), [(0.0, 0.5), (1.0, 0.5)]);
        assert_eq!(line(&[(0, 5.0)]), []);
        let extremes = [(0, f64::MIN), (60_000, 0.0), (120_000, f64::MAX)];
        assert_eq!(line(&extremes), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)]);
    }

    #[test]
    fn of_one_second_the_newest_number_stays_and_what_is_past_goes() {
        let numbers = [(0, 1.0), (60_000, 1.0), (60_500, 9.0), (60_999, 3.0)];
        assert_eq!(line(&numbers).len(), 2);
        let mut later = numbers.to_vec();
        later.extend([(120_000, 2.0), (121_000, 2.0)]);
        assert_eq!(line(&later).len(), 3, "the first is older than two minutes");
    }

    proptest! {
        #[test]
        fn however_fast_numbers_come_the_points_are_few_and_inside(
            steps in proptest::collection::vec((0..5_000_u64, any::<f64>().prop_filter("JSON has no others", |it| it.is_finite())), 0..600)
        ) {
            let mut series = Series::default();
            let mut now = 0;
            for (step, number) in steps {
                now += step;
                series.push(Moment(now), number);
                prop_assert!(series.len() <= 122);
                for point in series.line() {
                    prop_assert!((0.0..=1.0).contains(&point.x) && (0.0..=1.0).contains(&point.y), "{point:?}");
                }
            }
        }
    }
}
