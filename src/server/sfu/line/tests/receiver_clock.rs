use proptest::prelude::*;

use super::*;

#[test]
fn references_wrap_and_go_back() {
    let mut clock = ReceiverClock::default();
    let first = clock.unwrap(0xff_fffe);
    for (reference, units) in [(0xff_ffff, 1), (1, 3), (0, 2), (0xff_ffff, 1), (5, 7)] {
        assert_eq!(clock.unwrap(reference) - first, units * UNIT, "{reference}");
    }
}

#[test]
fn more_than_24_bits_do_not_count() {
    let mut clock = ReceiverClock::default();
    let first = clock.unwrap(7);
    assert_eq!(clock.unwrap(0xff00_0007), first);
}

#[test]
fn an_arrival_is_in_quarters_of_a_ms() {
    assert_eq!(ReceiverClock::arrival(64_000, 4), 65_000);
    assert_eq!(ReceiverClock::arrival(64_000, -4), 63_000);
    assert_eq!(ReceiverClock::arrival(0, i64::MAX), FARTHEST * TICK);
    assert_eq!(ReceiverClock::arrival(Micros::MAX, i64::MAX), Micros::MAX);
}

proptest! {
    #[test]
    fn steps_are_kept_whatever_the_beginning(first: u32, steps in prop::collection::vec(-1_000_i64..100_000, 0..50)) {
        let mut clock = ReceiverClock::default();
        let began = clock.unwrap(first);
        let mut at = i64::from(first);
        for step in steps {
            at += step;
            let unwrapped = clock.unwrap(at.rem_euclid(1 << 24) as u32);
            prop_assert_eq!(unwrapped - began, (at - i64::from(first)) * UNIT);
        }
    }
}
