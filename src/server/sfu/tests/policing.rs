//! What a flood loses.

use std::time::Duration;

use super::*;

#[test]
fn what_media_and_a_file_take_passes_and_a_flood_does_not() {
    let start = Instant::now();
    let mut intake = Intake::new(8, start);
    let mut passed = 0;
    // 3,000 datagrams of 1,000 bytes a second, for a minute.
    for millisecond in 0..60_000_u64 {
        for _ in 0..3 {
            let now = start + Duration::from_millis(millisecond);
            passed += u32::from(intake.take(1_000, now));
        }
    }
    assert!(
        (125_900..=126_010).contains(&passed),
        "{passed}: 2 MB/s and a burst of 6 MB"
    );
}

#[test]
fn whoever_may_send_more_of_files_loses_no_media_for_it() {
    let start = Instant::now();
    let mut intake = Intake::new(100, start);
    // 12,500 datagrams of 1,000 bytes a second of a file and 800 of media, for a minute.
    let datagrams = (0..60 * 13_300).map(|it| start + Duration::from_secs(it) / 13_300);
    assert!(datagrams.into_iter().all(|now| intake.take(1_000, now)));
    let mut intake = Intake::new(0, start);
    let passed = (0..20_000).filter(|_| intake.take(20, start)).count();
    assert_eq!(passed, 6_000, "messages have room where no file passes");
}

#[test]
fn small_datagrams_are_counted_too() {
    let start = Instant::now();
    let mut intake = Intake::new(8, start);
    let passed = (0..20_000).filter(|_| intake.take(20, start)).count();
    assert_eq!(passed, 6_000);
    assert!(intake.take(20, start + Duration::from_millis(1)));
}

#[test]
fn a_sound_passes_in_every_packet_size_of_opus_and_a_flood_of_it_does_not() {
    let start = Instant::now();
    // Packets of 10 ms and of 20 ms at the highest rate of Opus, 510 kbit/s, for a minute.
    for (milliseconds, bytes) in [(10, 638), (20, 1_275)] {
        let mut intake = Intake::of_sound(start);
        let packets =
            (0..60_000 / milliseconds).map(|it| start + Duration::from_millis(it * milliseconds));
        assert!(packets.into_iter().all(|now| intake.take(bytes, now)));
    }
    let mut intake = Intake::of_sound(start);
    let flood = (0..60_000).map(|it| start + Duration::from_millis(it));
    let passed = flood.filter(|now| intake.take(100, *now)).count();
    assert!((9_100..=9_200).contains(&passed), "{passed}: 150 a second");
}

#[test]
fn what_no_network_carries_is_not_taken() {
    let start = Instant::now();
    assert!(Intake::new(8, start).take(1_400, start));
    assert!(!Intake::new(8, start).take(1_401, start));
}

#[test]
fn the_smallest_of_line_limit_and_share_counts() {
    for (line, shard, sharers, share) in [
        (3e6, 1e9, 10, 3e6),
        (90e6, 1e9, 10, 40e6),
        (90e6, 1e8, 10, 1e7),
        (3e6, 1e8, 0, 3e6),
    ] {
        assert!((fair_share(line, shard, sharers) - share).abs() < 1.0);
    }
}
