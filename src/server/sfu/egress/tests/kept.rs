use super::super::outgoing_packet::tests::packet;
use super::*;

const PAUSE: Duration = Duration::from_millis(20);

/// Packets of 1,000 bytes with these numbers, sent 10 ms after each other; and the time of the last.
fn kept(numbers: impl IntoIterator<Item = u64>) -> (Kept, Instant) {
    let (mut kept, mut now) = (Kept::default(), Instant::now());
    for number in numbers {
        now += Duration::from_millis(10);
        kept.keep(packet(number, 1_000), now);
    }
    (kept, now)
}

fn is_sent(repeat: Repeat) -> bool {
    sequence(repeat).is_some()
}

fn sequence(repeat: Repeat) -> Option<u64> {
    match repeat {
        Repeat::Packet(packet) => Some(packet.sequence),
        Repeat::NotNow | Repeat::TooLate => None,
    }
}

#[test]
fn what_was_sent_is_found_by_half_its_number_across_a_rollover() {
    let (mut kept, now) = kept(0x1_fffa..0x2_0004);
    for number in [0x1_fffa, 0x1_ffff, 0x2_0000, 0x2_0001] {
        let again = kept.again(low(number), PAUSE, now + PAUSE);
        assert_eq!(sequence(again), Some(number));
    }
}

#[test]
fn what_was_never_sent_or_is_forgotten_is_not_found() {
    let (mut kept, now) = kept([10, 11, 13]);
    let later = now + PAUSE;
    for number in [12, 9, 14, 60_000] {
        assert!(!is_sent(kept.again(number, PAUSE, later)), "{number}");
    }
    assert!(is_sent(kept.again(13, PAUSE, later)));
    assert!(!is_sent(Kept::default().again(1, PAUSE, later)));
}

#[test]
fn what_is_under_way_is_not_sent_again() {
    let (mut kept, now) = kept([10, 11]);
    assert!(!is_sent(kept.again(11, PAUSE, now + PAUSE / 2)));
    let once = now + PAUSE;
    assert!(is_sent(kept.again(11, PAUSE, once)));
    assert!(!is_sent(kept.again(11, PAUSE, once + PAUSE / 2)));
    assert!(is_sent(kept.again(11, PAUSE, once + PAUSE)));
}

#[test]
fn a_late_packet_takes_its_place() {
    let (mut kept, now) = kept([10, 12, 11, 13]);
    for number in [11, 12] {
        let again = kept.again(number, PAUSE, now + PAUSE);
        assert_eq!(sequence(again), Some(u64::from(number)));
    }
}

#[test]
fn so_many_are_kept_and_none_for_longer_than_a_second() {
    let (kept_many, _) = kept(0..300);
    assert!(kept_many.packets.len() <= KEPT_PACKETS);
    let (mut kept, now) = kept([1]);
    kept.keep(packet(2, 1_000), now + KEPT + PAUSE);
    assert_eq!(kept.packets.len(), 1);
}

#[test]
fn half_of_what_is_sent_may_be_sent_again() {
    let (mut kept, mut now) = kept([0]);
    let mut again = 0;
    for number in 1..2_000_u64 {
        now += Duration::from_millis(10);
        kept.keep(packet(number, 1_000), now);
        for back in 1..=3 {
            let number = number.saturating_sub(back);
            again += u32::from(is_sent(kept.again(low(number), Duration::ZERO, now)));
        }
    }
    let credit = u32::try_from(CREDIT as i64 / 1_000).unwrap();
    assert!(
        (1_000 + credit - 2..=1_000 + credit).contains(&again),
        "{again}"
    );
}

#[test]
fn the_newest_take_the_place_of_padding_while_they_are_new() {
    let (kept, now) = kept([10, 11, 12]);
    let recent = |back, at| kept.recent(back, at).map(|packet| packet.sequence);
    assert_eq!(recent(0, now), Some(12));
    assert_eq!(recent(2, now), Some(10));
    assert_eq!(recent(3, now), None);
    assert_eq!(recent(0, now + KEPT + PAUSE), None);
}

#[test]
fn what_is_kept_no_more_is_told_once_for_all_that_was_sent_until_then() {
    let (mut kept, now) = kept(0x1_ff00..0x2_0200);
    let mut ask = |number: u64| kept.again(low(number), PAUSE, now + PAUSE);
    assert_eq!(ask(0x2_0300), Repeat::NotNow, "it was never sent");
    assert_eq!(ask(0x1_fff0), Repeat::TooLate);
    assert_eq!(ask(0x1_ff80), Repeat::NotNow);
    assert_eq!(ask(0x2_0001), Repeat::NotNow);
    assert!(is_sent(ask(0x2_01ff)), "what is kept is still sent again");
    let later = now + 2 * KEPT;
    (0x2_0200..0x2_0400).for_each(|number| kept.keep(packet(number, 1_000), later));
    let mut ask = |number: u64| kept.again(low(number), PAUSE, later + PAUSE);
    assert_eq!(ask(0x2_01ff), Repeat::NotNow);
    assert_eq!(ask(0x2_0200), Repeat::TooLate, "it was sent since");
}
