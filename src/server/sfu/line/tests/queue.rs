use proptest::prelude::*;

use super::*;

fn group(sent: Micros, delay: Micros) -> Group {
    Group {
        sent,
        delay,
        arrived: sent.saturating_add(delay),
        bytes: 1_200,
    }
}

/// Adds groups each 8 ms, with the delays that this says, in ms, and gives the longest queue that was found, in ms.
fn longest(
    queue: &mut Queue,
    ms: std::ops::Range<Micros>,
    delay: impl Fn(Micros) -> Micros,
) -> f64 {
    let found = ms
        .step_by(8)
        .filter_map(|at| queue.add(group(1_000 * at, 1_000 * delay(at))));
    found.fold(0.0, f64::max)
}

#[test]
fn what_is_read_in_clumps_is_no_queue() {
    let mut queue = Queue::default();
    // Nothing is read for 60 of 100 ms.
    let clumps = |at: Micros| 500 + (60 - at % 100).max(0);
    assert_eq!(longest(&mut queue, 0..20_000, clumps), 0.0);
    assert!(!queue.is_standing());
}

#[test]
fn a_queue_is_seen_a_tenth_of_a_second_later() {
    let mut queue = Queue::default();
    longest(&mut queue, 0..1_000, |_| -500);
    longest(&mut queue, 1_000..1_400, |at| -500 + (at - 1_000) / 4);
    assert!(
        (70.0..80.0).contains(&queue.waiting()),
        "{}",
        queue.waiting()
    );
    assert!(!queue.is_standing());
    longest(&mut queue, 1_400..1_800, |_| -400);
    assert!(queue.is_standing());
    longest(&mut queue, 1_800..1_824, |_| -500);
    assert!(!queue.is_standing() && queue.waiting() == 0.0);
}

#[test]
fn where_little_is_sent_three_groups_are_looked_at() {
    let mut queue = Queue::default();
    for (index, delay) in [0, 0, 0, 90, 90, 0, 90, 90, 90].into_iter().enumerate() {
        let sent = 300_000 * index as Micros;
        let found = queue.add(group(sent, 1_000 * delay));
        assert_eq!(found, Some(if index == 8 { 90.0 } else { 0.0 }), "{index}");
    }
}

#[test]
fn a_way_that_became_longer_is_no_queue_after_a_while() {
    let mut queue = Queue::default();
    longest(&mut queue, 0..5_000, |_| 30);
    assert_eq!(longest(&mut queue, 5_000..10_000, |_| 80), 50.0);
    longest(&mut queue, 10_000..17_000, |_| 80);
    assert_eq!(queue.waiting(), 0.0);
}

#[test]
fn another_clock_begins_anew() {
    let mut queue = Queue::default();
    longest(&mut queue, 0..1_000, |_| 30);
    assert_eq!(queue.add(group(1_000_000, 60_000_000)), None);
    assert_eq!(longest(&mut queue, 1_008..2_000, |_| 60_000), 0.0);
}

proptest! {
    #[test]
    fn whatever_arrives_a_queue_is_never_below_zero(groups in prop::collection::vec((0_i64..4_000_000, any::<i64>()), 0..200)) {
        let (mut queue, mut sent) = (Queue::default(), 0);
        for (pause, delay) in groups {
            sent += pause;
            let found = queue.add(group(sent, delay));
            prop_assert!(found.is_none_or(|found| found >= 0.0));
        }
    }
}
