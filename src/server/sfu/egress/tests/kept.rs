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

fn low(number: u64) -> u16 {
    u16::try_from(number & 0xffff).unwrap()
}

#[test]
fn what_was_sent_is_found_by_half_its_number_across_a_rollover() {
    let (mut kept, now) = kept(0x1_fffa..0x2_0004);
    for number in [0x1_fffa, 0x1_ffff, 0x2_0000, 0x2_0001] {
        let again = kept.again(low(number), PAUSE, now + PAUSE);
        assert_eq!(again.map(|packet| packet.sequence), Some(number));
    }
}

#[test]
fn what_was_never_sent_or_is_forgotten_is_not_found() {
    let (mut kept, now) = kept([10, 11, 13]);
    let later = now + PAUSE;
    for number in [12, 9, 14, 60_000] {
        assert!(kept.again(number, PAUSE, later).is_none(), "{number}");
    }
    assert!(kept.again(13, PAUSE, later).is_some());
    assert!(Kept::default().again(1, PAUSE, later).is_none());
}

#[test]
fn what_is_under_way_is_not_sent_again() {
    let (mut kept, now) = kept([10, 11]);
    assert!(kept.again(11, PAUSE, now + PAUSE / 2).is_none());
    let once = now + PAUSE;
    assert!(kept.again(11, PAUSE, once).is_some());
    assert!(kept.again(11, PAUSE, once + PAUSE / 2).is_none());
    assert!(kept.again(11, PAUSE, once + PAUSE).is_some());
}

#[test]
fn a_late_packet_takes_its_place() {
    let (mut kept, now) = kept([10, 12, 11, 13]);
    for number in [11, 12] {
        let again = kept.again(number, PAUSE, now + PAUSE);
        assert_eq!(again.unwrap().sequence, u64::from(number));
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
            again += u32::from(kept.again(low(number), Duration::ZERO, now).is_some());
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
