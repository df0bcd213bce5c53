use proptest::prelude::*;

use super::*;

/// Adds groups each 8 ms, with the queues that this says, in ms, and gives how the line was used.
fn used(
    trend: &mut Trend,
    ms: std::ops::Range<Micros>,
    waiting: impl Fn(f64) -> f64,
) -> Vec<Usage> {
    let groups = ms.step_by(8).map(|at| {
        trend.add(1_000 * at, waiting(at as f64));
        trend.usage()
    });
    groups.collect()
}

#[test]
fn a_queue_that_grows_is_noticed_soon() {
    for growth in [0.1, 0.3, 2.0] {
        let mut trend = Trend::default();
        let calm = used(&mut trend, 0..1_000, |_| 3.0);
        assert!(calm.iter().all(|it| *it == Usage::Normal));
        let soon = used(&mut trend, 1_000..1_150, |at| 3.0 + growth * (at - 1_000.0));
        assert!(soon.contains(&Usage::Over), "{growth} ms a ms");
    }
}

#[test]
fn a_queue_that_shrinks_is_noticed_too() {
    let mut trend = Trend::default();
    used(&mut trend, 0..1_000, |_| 100.0);
    let usages = used(&mut trend, 1_000..1_400, |at| 100.0 - 0.2 * (at - 1_000.0));
    assert!(usages.contains(&Usage::Under) && !usages.contains(&Usage::Over));
}

#[test]
fn one_length_is_no_trend() {
    let mut trend = Trend::default();
    used(&mut trend, 0..1_000, |_| 3.0);
    let usages = used(&mut trend, 1_000..1_300, |at| {
        if at == 1_104.0 { 8.0 } else { 3.0 }
    });
    assert!(usages.iter().all(|it| *it != Usage::Over));
}

proptest! {
    #[test]
    fn the_threshold_stays_within_its_bounds(groups in prop::collection::vec((0_i64..1_000_000, 0.0..1e7), 0..200)) {
        let (mut trend, mut sent) = (Trend::default(), 0);
        for (pause, waiting) in groups {
            sent += pause;
            trend.add(sent, waiting);
            prop_assert!((THRESHOLDS.0..=THRESHOLDS.1).contains(&trend.threshold));
        }
    }
}
