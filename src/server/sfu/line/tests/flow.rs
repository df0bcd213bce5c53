use proptest::prelude::*;

use super::*;

/// Adds packets of `bytes` each 10 ms.
fn fed(flow: &mut Flow, ms: std::ops::Range<Micros>, bytes: u32) {
    for at in ms.step_by(10) {
        flow.add(bytes, 1_000 * at);
    }
}

#[test]
fn what_is_steady_is_measured_soon() {
    let mut flow = Flow::default();
    fed(&mut flow, 0..150, 1_250);
    assert_eq!(flow.rate(), None);
    fed(&mut flow, 150..210, 1_250);
    assert_eq!(flow.rate(), Some(1_000_000.0));
    fed(&mut flow, 210..5_000, 1_250);
    assert_eq!(flow.rate(), Some(1_000_000.0));
}

#[test]
fn a_change_is_seen_within_half_a_second() {
    let mut flow = Flow::default();
    fed(&mut flow, 0..2_000, 1_250);
    fed(&mut flow, 2_000..2_250, 0);
    assert!((400_000.0..700_000.0).contains(&flow.rate().unwrap()));
    fed(&mut flow, 2_250..2_560, 0);
    assert_eq!(flow.rate(), Some(0.0));
}

#[test]
fn what_arrives_late_counts_where_it_belongs() {
    let mut flow = Flow::default();
    fed(&mut flow, 0..1_000, 1_250);
    let before = flow.rate().unwrap();
    flow.add(62_500, 700_000);
    assert_eq!(flow.rate(), Some(before + 1_000_000.0));
    flow.add(62_500, 300_000);
    assert_eq!(flow.rate(), Some(before + 1_000_000.0), "that is too late");
}

#[test]
fn after_a_silence_it_begins_anew() {
    let mut flow = Flow::default();
    fed(&mut flow, 0..1_000, 1_250);
    fed(&mut flow, 3_000..3_150, 125);
    assert_eq!(flow.rate(), None);
    fed(&mut flow, 3_150..3_400, 125);
    assert_eq!(flow.rate(), Some(100_000.0));
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_it() {
    let mut flow = Flow::default();
    fed(&mut flow, 100_000..101_000, 1_250);
    fed(&mut flow, 0..1_000, 125);
    assert_eq!(flow.rate(), Some(100_000.0));
}

proptest! {
    #[test]
    fn it_is_the_mean_of_the_window(steps in prop::collection::vec((-100_000_i64..120_000, 0_u32..2_000), 1..200)) {
        let (mut flow, mut all) = (Flow::default(), vec![]);
        let (mut at, mut newest): (Micros, Micros) = (10_000_000, 0);
        for (step, bytes) in steps {
            at += step;
            flow.add(bytes, at);
            newest = newest.max(at.div_euclid(BUCKET));
            if at.div_euclid(BUCKET) >= newest - WINDOW as Micros {
                all.push((at.div_euclid(BUCKET), u64::from(bytes)));
            }
        }
        let window = newest - WINDOW as Micros..newest;
        let sum: u64 = all.iter().filter(|it| window.contains(&it.0)).map(|it| it.1).sum();
        prop_assert_eq!(flow.sum, sum);
    }

    #[test]
    fn no_time_is_too_strange(times: Vec<Micros>) {
        let mut flow = Flow::default();
        for at in times {
            flow.add(1_000, at);
            prop_assert!(flow.rate().is_none_or(|rate| rate >= 0.0 && rate.is_finite()));
        }
    }
}
