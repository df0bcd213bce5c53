use super::super::outgoing_packet::tests::packet;
use super::*;

fn waiting(number: u64, since: Instant) -> Waiting {
    Waiting {
        stream: 0,
        packet: packet(number, 1_000),
        since,
    }
}

/// Sends as much as may go out in this time, looking whenever the pacer says to; in bytes.
fn sent(pacer: &mut Pacer, begun: Instant, time: Duration) -> usize {
    let (mut now, mut sent) = (begun, 0);
    while now < begun + time {
        while pacer.is_free(now) {
            pacer.went(1_200);
            sent += 1_200;
        }
        pacer.wait(waiting(0, now));
        now = pacer.due().unwrap().max(now + Duration::from_micros(100));
        pacer.next(now);
    }
    sent
}

#[test]
fn a_line_is_given_two_and_a_half_times_what_it_carries() {
    let begun = Instant::now();
    let mut pacer = Pacer::new(begun);
    pacer.suit(1_000_000.0);
    let sent = sent(&mut pacer, begun, Duration::from_secs(2));
    let expected = 2_500_000 / 8 * 2;
    let tolerated = expected / 20;
    assert!(
        sent.abs_diff(expected) < tolerated,
        "{sent}, not {expected}"
    );
}

#[test]
fn what_comes_at_once_goes_out_at_once_up_to_a_burst() {
    let now = Instant::now();
    let mut pacer = Pacer::new(now);
    pacer.suit(4_000_000.0);
    let mut sent = 0;
    while pacer.is_free(now) {
        pacer.went(1_000);
        sent += 1_000;
    }
    let burst = 10_000_000 / 8 / 50;
    assert!((burst..=burst + 1_000).contains(&sent), "{sent}");
    assert!(pacer.is_free(now + BURST));
}

#[test]
fn what_does_not_wait_holds_up_the_rest_for_a_quarter_of_a_second_at_most() {
    let now = Instant::now();
    let mut pacer = Pacer::new(now);
    pacer.suit(120_000.0);
    for _ in 0..1_000 {
        pacer.went(80_000);
    }
    assert!(!pacer.is_free(now));
    assert!(pacer.is_free(now + LONGEST));
    pacer.suit(10_000_000.0);
    pacer.went(80_000_000);
    pacer.suit(0.0);
    assert!(pacer.is_free(now + 2 * LONGEST));
}

#[test]
fn repeats_go_first_and_the_rest_in_order() {
    let now = Instant::now();
    let mut pacer = Pacer::new(now);
    pacer.wait(waiting(1, now));
    pacer.wait(waiting(2, now));
    pacer.wait_again(waiting(0, now));
    let mut order = Vec::new();
    while let Some((waiting, is_repeat)) = pacer.next(now) {
        order.push((waiting.packet.sequence, is_repeat));
    }
    assert_eq!(order, [(0, true), (1, false), (2, false)]);
    assert!(pacer.is_empty() && pacer.due().is_none());
}

#[test]
fn what_is_of_no_use_any_more_is_lost_and_counted() {
    let now = Instant::now();
    let mut pacer = Pacer::new(now);
    pacer.wait(waiting(1, now));
    pacer.wait(waiting(2, now + PATIENCE / 2));
    let next = pacer.next(now + PATIENCE);
    assert_eq!(next.map(|it| it.0.packet.sequence), Some(2));
    assert_eq!((pacer.take_lost(), pacer.take_lost()), (1, 0));
}

#[test]
fn what_repeats_hold_up_for_too_long_is_lost_too() {
    let mut now = Instant::now();
    let mut pacer = Pacer::new(now);
    pacer.wait(waiting(1, now));
    for _ in 0..60 {
        now += PATIENCE / 50;
        pacer.wait_again(waiting(0, now));
        pacer.wait_again(waiting(0, now));
        assert!(pacer.next(now).unwrap().1, "a repeat");
        assert!(pacer.delay(now) <= PATIENCE);
    }
    assert_eq!(pacer.take_lost(), 1);
}

#[test]
fn of_what_there_is_no_room_for_the_oldest_is_lost() {
    let now = Instant::now();
    let mut pacer = Pacer::new(now);
    let many = u64::try_from(MOST_WAITING).unwrap() + 10;
    for number in 0..many {
        pacer.wait(waiting(number, now));
    }
    assert_eq!(pacer.take_lost(), 10);
    assert_eq!(pacer.next(now).unwrap().0.packet.sequence, 10);
}

#[test]
fn of_which_stream_something_was_lost_is_told_once() {
    let now = Instant::now();
    let mut pacer = Pacer::new(now);
    for number in 0..3 {
        pacer.wait(waiting(number, now));
    }
    pacer.wait_again(waiting(9, now));
    assert_eq!(pacer.take_broken(), None);
    pacer.wait(waiting(4, now + PATIENCE));
    assert_eq!(pacer.next(now + PATIENCE).unwrap().0.packet.sequence, 4);
    assert_eq!((pacer.take_broken(), pacer.take_broken()), (Some(0), None));
    // What is repeated is not missed by anybody who has it, and who has not asks again.
    pacer.wait_again(waiting(9, now));
    assert!(pacer.next(now + PATIENCE).is_none());
    assert_eq!(pacer.take_broken(), None);
}

#[test]
fn of_a_stream_that_is_withdrawn_nothing_waits() {
    let now = Instant::now();
    let mut pacer = Pacer::new(now);
    let of = |stream, number| Waiting {
        stream,
        ..waiting(number, now)
    };
    pacer.wait(of(0, 1));
    pacer.wait(of(1, 2));
    pacer.wait_again(of(1, 3));
    pacer.withdraw(1);
    assert_eq!(pacer.next(now).unwrap().0.packet.sequence, 1);
    assert!(pacer.is_empty());
    assert_eq!((pacer.take_lost(), pacer.take_broken()), (0, None));
}

#[test]
fn how_long_the_oldest_waits_is_known() {
    let now = Instant::now();
    let mut pacer = Pacer::new(now);
    assert_eq!(pacer.delay(now), Duration::ZERO);
    pacer.wait(waiting(1, now));
    pacer.wait(waiting(2, now + TURN));
    assert_eq!(pacer.delay(now + BURST), BURST);
}
