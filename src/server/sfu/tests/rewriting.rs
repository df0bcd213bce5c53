use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

const PICTURES: u32 = 90_000;
const SOUND: u32 = 48_000;

fn sound(sequence: u64, timestamp: u32) -> Numbers {
    Numbers {
        sequence,
        timestamp,
        picture_id: None,
        tl0: None,
        key_index: None,
    }
}

fn picture(sequence: u64, timestamp: u32, id: u16, tl0: u8, key_index: u8) -> Numbers {
    Numbers {
        picture_id: Some(PictureId {
            value: id,
            is_15_bit: true,
        }),
        tl0: Some(tl0),
        key_index: Some(key_index),
        ..sound(sequence, timestamp)
    }
}

fn with_short_id(numbers: Numbers, value: u16) -> Numbers {
    Numbers {
        picture_id: Some(PictureId {
            value,
            is_15_bit: false,
        }),
        ..numbers
    }
}

fn after(start: Instant, milliseconds: u64) -> Instant {
    start + Duration::from_millis(milliseconds)
}

#[test]
fn a_stream_begins_before_its_first_rollover_and_with_the_numbers_of_its_source() {
    let mut rewriter = Rewriter::new(0xffff, PICTURES);
    rewriter.begin('a');
    let first = rewriter.rewrite('a', &picture(70_000, 5, 6, 7, 8), Instant::now());
    let expected = Rewritten {
        sequence: 0x7fff,
        timestamp: 5,
        picture_id: Some(6),
        tl0: Some(7),
        key_index: Some(8),
    };
    assert_eq!(first, Some(expected));
}

#[test]
fn a_source_follows_the_one_before_it_in_every_number() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(10, PICTURES);
    rewriter.begin('a');
    let _ = rewriter.rewrite('a', &picture(1, 1_000, 0x7fff, 255, 31), now);
    rewriter.begin('b');
    let followed = rewriter.rewrite('b', &picture(900, 77, 5, 9, 3), after(now, 40));
    let expected = Rewritten {
        sequence: 11,
        timestamp: 1_000 + 40 * 90,
        picture_id: Some(0),
        tl0: Some(0),
        key_index: Some(0),
    };
    assert_eq!(followed, Some(expected));
    let next = rewriter.rewrite('b', &picture(902, 3_077, 6, 9, 3), after(now, 73));
    let expected = Rewritten {
        sequence: 13,
        timestamp: 7_600,
        picture_id: Some(1),
        ..expected
    };
    assert_eq!(next, Some(expected));
}

#[test]
fn the_time_between_sources_is_counted_from_the_first_packet_of_the_last_picture() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(0, PICTURES);
    rewriter.begin('a');
    let _ = rewriter.rewrite('a', &sound(1, 0), now);
    let _ = rewriter.rewrite('a', &sound(2, 0), after(now, 20));
    rewriter.begin('b');
    let followed = rewriter.rewrite('b', &sound(1, 0), after(now, 33));
    assert_eq!(followed.map(|numbers| numbers.timestamp), Some(33 * 90));
}

#[test]
fn a_source_begins_one_tick_later_at_least_and_a_second_at_most() {
    for (waited, clock_rate, ticks) in [
        (0, PICTURES, 1),
        (20, SOUND, 960),
        (1_000, PICTURES, 90_000),
        (3_600_000, PICTURES, 90_000),
        (3_600_000, SOUND, 48_000),
    ] {
        let now = Instant::now();
        let mut rewriter = Rewriter::new(0, clock_rate);
        rewriter.begin('a');
        let _ = rewriter.rewrite('a', &sound(1, u32::MAX), now);
        rewriter.begin('b');
        let followed = rewriter.rewrite('b', &sound(1, 500), after(now, waited));
        assert_eq!(followed.map(|numbers| numbers.timestamp), Some(ticks - 1));
    }
}

#[test]
fn a_late_packet_falls_into_its_place() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(100, PICTURES);
    rewriter.begin('a');
    let _ = rewriter.rewrite('a', &picture(50, 0, 1, 1, 1), now);
    let _ = rewriter.rewrite('a', &picture(53, 6_000, 3, 3, 1), now);
    let late = rewriter.rewrite('a', &picture(51, 3_000, 2, 2, 1), now);
    let expected = Rewritten {
        sequence: 101,
        timestamp: 3_000,
        picture_id: Some(2),
        tl0: Some(2),
        key_index: Some(1),
    };
    assert_eq!(late, Some(expected));
    rewriter.begin('b');
    let followed = rewriter.rewrite('b', &picture(9, 0, 70, 70, 7), now);
    let expected = Rewritten {
        sequence: 104,
        timestamp: 6_001,
        picture_id: Some(4),
        tl0: Some(4),
        key_index: Some(2),
    };
    assert_eq!(followed, Some(expected));
}

#[test]
fn packets_older_than_the_first_and_those_of_other_sources_are_refused() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(0, PICTURES);
    assert_eq!(rewriter.rewrite('a', &sound(1, 0), now), None);
    rewriter.begin('a');
    assert!(rewriter.rewrite('a', &sound(1, 0), now).is_some());
    assert_eq!(rewriter.rewrite('a', &sound(0, 0), now), None);
    // What str0m makes of a number before the beginning.
    assert_eq!(rewriter.rewrite('a', &sound(u64::MAX - 3, 0), now), None);
    assert_eq!(rewriter.rewrite('b', &sound(2, 0), now), None);
    rewriter.begin('b');
    assert_eq!(rewriter.rewrite('a', &sound(2, 0), now), None);
    let next = rewriter.rewrite('b', &sound(2, 0), now);
    assert_eq!(next.map(|numbers| numbers.sequence), Some(1));
}

#[test]
fn a_long_gap_is_shortened_and_a_short_one_is_not() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(0, PICTURES);
    rewriter.begin('a');
    let mut sent = |sequence| {
        let numbers = rewriter.rewrite('a', &sound(sequence, 0), now);
        numbers.map(|numbers| numbers.sequence)
    };
    assert_eq!(sent(0), Some(0));
    assert_eq!(sent(1_001), Some(1_001));
    assert_eq!(sent(500), Some(500));
    assert_eq!(sent(31_001), Some(2_002));
    assert_eq!(sent(31_002), Some(2_003));
    assert_eq!(sent(31_000), None, "would have a number of one before it");
    assert_eq!(
        sent(31_003 + (1 << 15)),
        None,
        "is further than 16 bits tell"
    );
}

#[test]
fn a_short_picture_id_stays_short_and_moves_the_long_one_on() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(0, PICTURES);
    let mut id = |source, begins, numbers| {
        if begins {
            rewriter.begin(source);
        }
        rewriter.rewrite(source, &numbers, now)?.picture_id
    };
    let plain = |sequence| sound(sequence, 0);
    assert_eq!(id('a', true, picture(0, 0, 1_000, 0, 0)), Some(1_000));
    assert_eq!(
        id('b', true, with_short_id(plain(0), 127)),
        Some(1_001 % 128)
    );
    assert_eq!(
        id('b', false, with_short_id(plain(1), 0)),
        Some(1_002 % 128)
    );
    assert_eq!(
        id('b', false, with_short_id(plain(2), 30)),
        Some(1_032 % 128)
    );
    assert_eq!(id('a', true, picture(9, 0, 4_000, 0, 0)), Some(1_033));
}

#[test]
fn a_picture_number_that_a_source_lacks_is_kept_for_the_next_one() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(0, PICTURES);
    rewriter.begin('a');
    let _ = rewriter.rewrite('a', &picture(0, 0, 40, 50, 6), now);
    rewriter.begin('b');
    let without = rewriter.rewrite('b', &sound(0, 0), now);
    assert_eq!(
        without.map(|numbers| (numbers.picture_id, numbers.tl0, numbers.key_index)),
        Some((None, None, None))
    );
    let with = rewriter.rewrite('b', &picture(1, 0, 900, 90, 9), now);
    assert_eq!(
        with.map(|numbers| (numbers.picture_id, numbers.tl0, numbers.key_index)),
        Some((Some(41), Some(51), Some(7)))
    );
}

/// A source that sends pictures of a few packets each, in order and without gaps.
#[derive(Clone, Copy, Debug)]
struct Camera {
    sequence: u64,
    timestamp: u32,
    id: u16,
    tl0: u8,
    key_index: u8,
}

impl Camera {
    fn any() -> impl Strategy<Value = Self> {
        (
            0..1_u64 << 40,
            any::<u32>(),
            0..0x8000_u16,
            any::<u8>(),
            0..32_u8,
        )
            .prop_map(|(sequence, timestamp, id, tl0, key_index)| Self {
                sequence,
                timestamp,
                id,
                tl0,
                key_index,
            })
    }

    /// The packets of its next picture.
    fn picture(&mut self, packets: u64) -> Vec<Numbers> {
        self.timestamp = self.timestamp.wrapping_add(3_000);
        self.id = (self.id + 1) & PICTURE_ID_BITS;
        self.tl0 = self.tl0.wrapping_add(1);
        let first = self.sequence;
        self.sequence += packets;
        (first..self.sequence)
            .map(|sequence| picture(sequence, self.timestamp, self.id, self.tl0, self.key_index))
            .collect()
    }
}

proptest! {
    #[test]
    fn whole_pictures_of_any_sources_make_one_stream_without_gaps(
        random in any::<u16>(),
        mut cameras in proptest::collection::vec(Camera::any(), 3),
        story in proptest::collection::vec((0..3_usize, 1..4_u64, 0..2_500_u64), 1..60),
    ) {
        let mut now = Instant::now();
        let mut rewriter = Rewriter::new(random, PICTURES);
        let mut carried = None;
        let mut last: Option<Rewritten> = None;
        for (which, packets, waited) in story {
            now = after(now, waited);
            if carried != Some(which) {
                rewriter.begin(which);
            }
            // The others go on unseen.
            for (other, camera) in cameras.iter_mut().enumerate() {
                let pictures = camera.picture(packets);
                for (place, numbers) in pictures.into_iter().enumerate() {
                    let rewritten = rewriter.rewrite(other, &numbers, now);
                    if other != which {
                        prop_assert_eq!(rewritten, None);
                        continue;
                    }
                    let rewritten = rewritten.unwrap();
                    if let Some(last) = last {
                        prop_assert_eq!(rewritten.sequence, last.sequence + 1);
                        let picture = u16::from(place == 0);
                        prop_assert_eq!(
                            rewritten.picture_id,
                            last.picture_id.map(|id| (id + picture) & PICTURE_ID_BITS)
                        );
                        prop_assert_eq!(
                            rewritten.tl0,
                            last.tl0.map(|tl0| tl0.wrapping_add(u8::from(place == 0)))
                        );
                        let is_switch = place == 0 && carried != Some(which);
                        prop_assert_eq!(
                            rewritten.key_index,
                            last.key_index.map(|index| (index + u8::from(is_switch)) % 32)
                        );
                        let later = rewritten.timestamp.wrapping_sub(last.timestamp);
                        if place == 0 {
                            prop_assert!((1..=90_000).contains(&later), "{} ticks later", later);
                        } else {
                            prop_assert_eq!(later, 0);
                        }
                    } else {
                        prop_assert_eq!(rewritten.sequence, u64::from(random & 0x7fff));
                    }
                    last = Some(rewritten);
                }
            }
            carried = Some(which);
        }
    }

    #[test]
    fn packets_that_are_lost_or_late_neither_share_a_number_nor_change_places(
        runs in proptest::collection::vec(
            (0..3_u8, proptest::collection::vec(0..400_u64, 1..40)),
            1..8,
        ),
    ) {
        let now = Instant::now();
        let mut rewriter = Rewriter::new(0, PICTURES);
        let mut ever = HashSet::new();
        let mut base = 1_000_000;
        for (source, offsets) in runs {
            rewriter.begin(source);
            let behind_all = ever.iter().max().map_or(0, |highest| highest + 1);
            let first = base + offsets[0];
            let mut given = HashSet::new();
            for offset in offsets {
                let sequence = base + offset;
                if !given.insert(sequence) {
                    continue;
                }
                let timestamp = u32::try_from(sequence).unwrap() * 3_000;
                let rewritten = rewriter.rewrite(source, &sound(sequence, timestamp), now);
                let expected = sequence.checked_sub(first).map(|distance| behind_all + distance);
                prop_assert_eq!(rewritten.map(|numbers| numbers.sequence), expected);
                if let Some(sequence) = expected {
                    prop_assert!(ever.insert(sequence), "{} went out twice", sequence);
                }
            }
            base += 500;
        }
    }

    #[test]
    fn whatever_numbers_come_none_goes_out_twice_and_no_picture_number_is_too_wide(
        steps in proptest::collection::vec(
            (0..3_u8, any::<bool>(), any::<u64>(), any::<u32>(), any::<(u16, bool)>(), any::<(u8, u8)>()),
            0..60,
        ),
    ) {
        let now = Instant::now();
        let mut rewriter = Rewriter::new(0, PICTURES);
        let mut given = HashSet::new();
        let mut ever = HashSet::new();
        for (source, begins, sequence, timestamp, (id, is_short), (tl0, key_index)) in steps {
            if begins {
                rewriter.begin(source);
            }
            // A fresh number, so that one comes only once; some are near each other.
            let sequence = if is_short { sequence % 5_000 } else { sequence };
            if !given.insert((source, sequence)) {
                continue;
            }
            let mut numbers = picture(sequence, timestamp, id & PICTURE_ID_BITS, tl0, key_index % 32);
            if is_short {
                numbers = with_short_id(numbers, id % 128);
            }
            if let Some(rewritten) = rewriter.rewrite(source, &numbers, now) {
                prop_assert!(ever.insert(rewritten.sequence));
                let width = if is_short { 128 } else { 1 << 15 };
                prop_assert!(rewritten.picture_id.unwrap() < width);
                prop_assert!(rewritten.key_index.unwrap() < 32);
            }
        }
    }
}
