use proptest::prelude::*;

use super::*;

/// A room in which time passes in packets of 20 ms.
struct Room {
    voices: Voices<u32>,
    now: Instant,
}

impl Room {
    fn of(people: u32) -> Self {
        let mut voices = Voices::default();
        for person in 0..people {
            voices.set_muted(person, false);
        }
        Self {
            voices,
            now: Instant::now(),
        }
    }

    /// For so many ms each of them is as loud as that.
    fn hear(&mut self, ms: u64, levels: &[(u32, i8)]) {
        for _ in 0..ms / 20 {
            self.now += Duration::from_millis(20);
            for (person, level) in levels {
                self.voices.heard(*person, Some(*level), self.now);
            }
        }
    }

    fn forwarded(&self) -> Vec<u32> {
        let mut forwarded = self.voices.forwarded().to_vec();
        forwarded.sort_unstable();
        forwarded
    }
}

/// Ten people of whom the first four talk.
fn panel() -> Room {
    let mut room = Room::of(10);
    room.hear(2_000, &[(0, -30), (1, -32), (2, -34), (3, -36)]);
    assert_eq!(room.forwarded(), [0, 1, 2, 3]);
    room
}

#[test]
fn up_to_six_unmuted_people_are_all_forwarded() {
    let mut room = Room::of(6);
    assert_eq!(room.forwarded(), [0, 1, 2, 3, 4, 5]);
    room.hear(5_000, &[(0, -20), (1, -127)]);
    assert_eq!(room.forwarded(), [0, 1, 2, 3, 4, 5]);
    // Muted people are no more of them.
    room.voices.set_muted(0, true);
    room.voices.set_muted(6, false);
    assert_eq!(room.forwarded(), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn of_seven_those_stay_who_made_a_sound_last() {
    let mut room = Room::of(6);
    room.hear(500, &[(5, -30)]);
    room.hear(500, &[(1, -30), (2, -30), (4, -30)]);
    room.voices.set_muted(6, false);
    assert_eq!(room.forwarded(), [1, 2, 4, 5]);
    // When there is room for all again, everybody is back.
    room.voices.leave(2);
    assert_eq!(room.forwarded(), [0, 1, 3, 4, 5, 6]);
}

#[test]
fn a_free_place_is_taken_by_the_first_voice_and_not_by_noise() {
    let mut room = Room::of(10);
    room.voices.leave(0);
    let free = |room: &Room| PLACES - room.forwarded().len();
    room.hear(2_000, &[(1, -30), (2, -30), (3, -30), (4, -30)]);
    room.voices.set_muted(1, true);
    assert_eq!(free(&room), 1);
    room.hear(3_000, &[(9, -55)]);
    assert_eq!(free(&room), 1);
    room.hear(100, &[(9, -30)]);
    assert_eq!(room.forwarded(), [2, 3, 4, 9]);
}

#[test]
fn a_place_is_taken_by_who_is_six_decibels_louder_for_200_ms() {
    for (level, ms, takes) in [(-29, 900, true), (-29, 240, false), (-31, 5_000, false)] {
        let mut room = panel();
        let talk = [(0, -30), (1, -32), (2, -34), (3, -36)];
        let mut with = talk.to_vec();
        with.push((7, level));
        room.hear(ms, &with);
        assert_eq!(
            room.voices.is_forwarded(7),
            takes,
            "{level} dBov for {ms} ms"
        );
        assert_eq!(room.voices.is_forwarded(3), !takes);
    }
}

#[test]
fn a_short_noise_takes_no_place() {
    let mut room = panel();
    for _ in 0..10 {
        room.hear(60, &[(0, -30), (1, -32), (2, -34), (3, -36), (7, -10)]);
        room.hear(500, &[(0, -30), (1, -32), (2, -34), (3, -36), (7, -80)]);
    }
    assert_eq!(room.forwarded(), [0, 1, 2, 3]);
}

#[test]
fn a_pause_between_words_costs_no_place_and_a_silence_does() {
    let mut room = panel();
    let others = [(0, -30), (1, -32), (2, -34), (3, -127), (7, -38)];
    room.hear(1_300, &others);
    assert!(room.voices.is_forwarded(3));
    room.hear(600, &others);
    assert_eq!(room.forwarded(), [0, 1, 2, 7]);
}

#[test]
fn who_is_silent_keeps_the_place_until_somebody_speaks() {
    let mut room = panel();
    room.hear(60_000, &[(0, -30)]);
    assert_eq!(room.forwarded(), [0, 1, 2, 3]);
}

#[test]
fn a_voice_without_a_level_counts_as_one_of_minus_forty() {
    let mut room = panel();
    for _ in 0..100 {
        room.now += Duration::from_millis(20);
        room.voices.heard(7, None, room.now);
        for person in 0..3 {
            room.voices.heard(person, Some(-30), room.now);
        }
    }
    // The fourth fell silent: any voice may have the place.
    assert_eq!(room.forwarded(), [0, 1, 2, 7]);
    room.hear(3_000, &[(0, -30), (1, -30), (2, -30), (8, -33)]);
    assert_eq!(room.forwarded(), [0, 1, 2, 8]);
}

#[test]
fn nobody_who_is_muted_or_gone_or_unknown_is_forwarded_for_what_still_arrives() {
    let mut room = panel();
    room.voices.set_muted(0, true);
    room.voices.leave(1);
    room.hear(1_000, &[(0, -10), (1, -10), (99, -10), (2, -34), (3, -36)]);
    assert_eq!(room.forwarded(), [2, 3]);
}

#[test]
fn who_stays_stays_in_their_order() {
    let mut room = panel();
    let before = room.voices.forwarded().to_vec();
    room.hear(1_000, &[(0, -30), (1, -32), (2, -34), (3, -36), (7, -10)]);
    let after = room.voices.forwarded();
    for (one, other) in before.iter().zip(after) {
        assert_eq!(*other, if *one == 3 { 7 } else { *one });
    }
}

#[derive(Clone, Debug)]
enum Happening {
    Heard(u32, Option<i8>),
    Muted(u32, bool),
    Left(u32),
    Passed(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let person = || 0_u32..12;
    prop_oneof![
        20 => (person(), prop::option::of(-127_i8..=0)).prop_map(|(who, level)| Happening::Heard(who, level)),
        2 => (person(), any::<bool>()).prop_map(|(who, is_muted)| Happening::Muted(who, is_muted)),
        1 => person().prop_map(Happening::Left),
        10 => (0_u64..500).prop_map(Happening::Passed),
    ]
}

proptest! {
    #[test]
    fn never_too_many_and_nobody_muted(happenings in prop::collection::vec(happening(), 1..400)) {
        let mut room = Room::of(0);
        let mut unmuted = std::collections::BTreeSet::new();
        for happening in happenings {
            match happening {
                Happening::Heard(person, level) => room.voices.heard(person, level, room.now),
                Happening::Muted(person, is_muted) => {
                    room.voices.set_muted(person, is_muted);
                    if is_muted { unmuted.remove(&person); } else { unmuted.insert(person); }
                }
                Happening::Left(person) => {
                    room.voices.leave(person);
                    unmuted.remove(&person);
                }
                Happening::Passed(ms) => room.now += Duration::from_millis(ms),
            }
            let forwarded = room.forwarded();
            prop_assert!(forwarded.iter().all(|person| unmuted.contains(person)));
            prop_assert!(forwarded.windows(2).all(|pair| pair[0] != pair[1]));
            if unmuted.len() <= EVERYONE {
                prop_assert_eq!(forwarded.len(), unmuted.len());
            } else {
                prop_assert!(forwarded.len() <= PLACES);
            }
        }
    }

    #[test]
    fn a_place_changes_hands_at_most_once_in_its_time(
        levels in prop::collection::vec(prop::collection::vec(-70_i8..=-10, 8), 50..600),
    ) {
        let mut room = Room::of(8);
        let mut changed: Vec<Option<Instant>> = vec![None; PLACES];
        for of_each in levels {
            let before = room.voices.forwarded().to_vec();
            for (person, level) in (0..).zip(of_each) {
                room.hear(0, &[]);
                room.voices.heard(person, Some(level), room.now);
            }
            room.now += Duration::from_millis(20);
            for (place, (one, other)) in before.iter().zip(room.voices.forwarded()).enumerate() {
                if one != other {
                    let since = changed[place].replace(room.now);
                    let is_long = |at| room.now.duration_since(at) >= KEPT;
                    prop_assert!(since.is_none_or(is_long));
                }
            }
        }
    }

    #[test]
    fn two_talkers_who_are_as_loud_do_not_take_each_others_place(
        words in prop::collection::vec((1_u64..30, 1_u64..12, -8_i8..=8), 10..60),
    ) {
        // Three talk on; two with the same voice speak in turns for the fourth place, in words with pauses between.
        let mut room = panel();
        let mut changes = 0;
        let mut holder = room.voices.is_forwarded(3);
        let begin = room.now;
        for (index, (word, pause, louder)) in words.into_iter().enumerate() {
            let (one, other) = if index % 2 == 0 { (3, 7) } else { (7, 3) };
            let always = [(0, -20), (1, -20), (2, -20)];
            for (packets, level) in [(word, -36 + louder), (pause, -127)] {
                for _ in 0..packets {
                    let mut said = always.to_vec();
                    said.extend([(one, level), (other, -127)]);
                    room.hear(20, &said);
                    if room.voices.is_forwarded(3) != holder {
                        holder = !holder;
                        changes += 1;
                    }
                }
            }
        }
        let passed = room.now.duration_since(begin).as_millis();
        prop_assert!(changes <= 1 + passed / 1_500, "{changes} in {passed} ms");
        prop_assert!((0..3).all(|person| room.voices.is_forwarded(person)));
    }
}
