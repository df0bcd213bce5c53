use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

/// A history of packets of 100 bytes, sent 1 ms apart, from number 0 on.
fn of(packets: u64) -> History {
    let mut history = History::default();
    for number in 0..packets {
        history.add(number, 1_000 * number as Micros, 100, None);
    }
    history
}

#[test]
fn what_was_sent_is_told_of_once() {
    let mut history = of(3);
    let told = history.tell(1, true).unwrap();
    assert_eq!((told.number, told.sent, told.bytes), (1, 1_000, 100));
    assert!(!told.was_missing);
    assert_eq!(history.tell(1, true), None);
    assert_eq!(history.tell(1, false), None, "what arrived stays so");
}

#[test]
fn what_was_missing_may_come_late() {
    let mut history = of(3);
    assert!(!history.tell(2, false).unwrap().was_missing);
    assert_eq!(history.tell(2, false), None);
    assert!(history.tell(2, true).unwrap().was_missing);
    assert_eq!(history.tell(2, true), None);
}

#[test]
fn numbers_wrap() {
    let mut history = of(70_000);
    for number in [66_000, 69_999] {
        let told = history.tell(number as u16, true).unwrap();
        assert_eq!(told.number, number);
    }
}

#[test]
fn what_was_never_sent_or_is_long_ago_is_unknown() {
    let mut history = of(8_000);
    assert_eq!(history.tell(8_000, true), None, "it is not sent yet");
    assert_eq!(history.tell(3_000, true), None, "it is five seconds old");
    assert_eq!(history.tell(65_535, true), None);
    assert!(history.tell(4_500, true).is_some());
    assert_eq!(History::default().tell(0, true), None);
}

#[test]
fn a_number_that_leaves_a_gap_begins_anew() {
    let mut history = of(10);
    history.add(5, 20_000, 1, None);
    assert_eq!(
        history.tell(5, true).unwrap().bytes,
        100,
        "the first counts"
    );
    history.add(100, 20_000, 7, None);
    assert_eq!(history.tell(9, true), None);
    assert_eq!(history.tell(100, true).unwrap().bytes, 7);
}

proptest! {
    #[test]
    fn whatever_is_said_each_packet_arrives_once_and_few_are_kept(
        steps in prop::collection::vec((0_i64..3_000, 1_u64..4, any::<u16>(), any::<bool>()), 1..300),
        burst in 0_u64..40_000,
    ) {
        let mut history = of(burst);
        let (mut number, mut now) = (burst, 1_000 * burst as Micros);
        let mut arrived = HashSet::new();
        for (pause, step, named, has_arrived) in steps {
            number += step / 3;
            now += pause;
            history.add(number, now, 100, None);
            number += 1;
            if let Some(told) = history.tell(named, has_arrived) {
                prop_assert_eq!(told.number as u16, named);
                prop_assert!(told.number < number);
                prop_assert!(!has_arrived || arrived.insert(told.number));
            }
            prop_assert!(history.entries.len() <= MOST);
        }
    }
}
