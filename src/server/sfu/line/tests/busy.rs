use proptest::prelude::*;

use super::*;

fn group(arrived: Micros, bytes: u64) -> Group {
    Group {
        sent: arrived,
        delay: 0,
        arrived,
        bytes,
    }
}

/// A group of 1,250 bytes arrives each 10 ms: 1 Mbit/s.
fn fed(busy: &mut Busy, ms: std::ops::Range<Micros>, waited: f64) {
    for at in ms.step_by(10) {
        busy.add(group(1_000 * at, 1_250), waited);
    }
}

#[test]
fn what_arrives_while_packets_wait_is_measured() {
    let mut busy = Busy::default();
    fed(&mut busy, 0..100, 20.0);
    assert_eq!(busy.rate(), None, "too short a time");
    fed(&mut busy, 100..3_000, 20.0);
    assert_eq!(busy.rate(), Some(1_000_000.0));
    assert!(busy.groups.len() <= 51);
}

#[test]
fn what_arrived_before_the_queue_does_not_count() {
    let mut busy = Busy::default();
    fed(&mut busy, 0..3_000, 0.0);
    assert_eq!(busy.rate(), None);
    for at in (3_000..3_200).step_by(10) {
        busy.add(group(1_000 * at, 5_000), 20.0);
    }
    assert_eq!(busy.rate(), Some(4_000_000.0));
    fed(&mut busy, 3_200..3_210, 0.0);
    assert_eq!(busy.rate(), None, "the queue is gone");
}

proptest! {
    #[test]
    fn nothing_is_too_strange(groups: Vec<(Micros, u32, f64)>) {
        let mut busy = Busy::default();
        for (arrived, bytes, waited) in groups {
            busy.add(group(arrived, bytes.into()), waited);
            prop_assert!(busy.groups.len() <= MOST);
            prop_assert!(busy.rate().is_none_or(|rate| rate >= 0.0 && rate.is_finite()));
        }
    }
}
