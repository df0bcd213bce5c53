use proptest::prelude::*;

use super::*;

const RUN_BEGAN: UnixMillis = 1_800_000_000_000;
/// A while after the start.
const NOW: UnixMillis = RUN_BEGAN + 1_000_000;
const SECOND: u64 = 1_000;

const TERMS: ModeTerms = ModeTerms {
    policy: SfuPolicy::Auto,
    mesh_capacity: 12,
    run_began: RUN_BEGAN,
};

/// So many people who could all use the SFU.
fn people(number: usize) -> Facts {
    Facts {
        present: number,
        seats: number,
        users: number,
        ..Facts::default()
    }
}

/// The same, and one of them sends a picture.
fn seen(number: usize) -> Facts {
    Facts {
        has_pictures: true,
        ..people(number)
    }
}

fn strained(number: usize, since: UnixMillis) -> Facts {
    Facts {
        strained_since: Some(since),
        ..seen(number)
    }
}

fn opened() -> RoomMode {
    RoomMode::new(TERMS, NOW)
}

/// A room that went through the SFU at [`NOW`] because of so many people.
fn grown() -> RoomMode {
    let mut mode = opened();
    let up = mode.decide(&seen(5), NOW).unwrap();
    assert_eq!((up.r#use, up.why), (SfuUse::On, SfuReason::People));
    mode
}

fn told(decision: Option<Decision>) -> Option<(SfuUse, SfuReason)> {
    decision.map(|decision| (decision.r#use, decision.why))
}

#[test]
fn many_people_go_through_the_sfu_at_once_and_few_do_not() {
    let on = Some((SfuUse::On, SfuReason::People));
    let of_two = |facts: Facts| Facts { users: 2, ..facts };
    let of_one = |facts: Facts| Facts { users: 1, ..facts };
    for (facts, expected) in [
        (seen(1), None),
        (seen(2), None),
        (seen(4), None),
        (seen(5), on),
        (people(5), None),
        (people(8), None),
        (people(9), on),
        (of_two(seen(5)), on),
        (of_one(seen(5)), None),
        (of_one(people(30)), None),
    ] {
        let mut mode = opened();
        assert_eq!(told(mode.decide(&facts, NOW)), expected, "{facts:?}");
        if expected.is_none() {
            assert_eq!(mode.next_deadline(), None, "{facts:?}");
        }
    }
}

#[test]
fn three_people_go_through_the_sfu_when_one_has_been_strained_for_eight_seconds() {
    let mut mode = opened();
    let facts = strained(3, NOW);
    assert_eq!(mode.decide(&facts, NOW), None);
    assert_eq!(mode.next_deadline(), Some(NOW + 8 * SECOND));
    assert_eq!(mode.decide(&facts, NOW + 8 * SECOND - 1), None);
    let up = mode.decide(&facts, NOW + 8 * SECOND);
    assert_eq!(told(up), Some((SfuUse::On, SfuReason::Strain)));
}

#[test]
fn two_people_stay_direct_however_strained_they_are() {
    let mut mode = opened();
    assert_eq!(mode.decide(&strained(2, NOW), NOW), None);
    assert_eq!(mode.next_deadline(), None);
}

#[test]
fn a_strain_that_ends_in_time_leads_to_nothing() {
    let mut mode = opened();
    assert_eq!(mode.decide(&strained(3, NOW), NOW), None);
    assert_eq!(mode.decide(&seen(3), NOW + 5 * SECOND), None);
    assert_eq!(mode.next_deadline(), None);
}

#[test]
fn in_the_first_five_seconds_of_a_run_few_stay_as_they_are_for_more_may_come_back() {
    let begun = RUN_BEGAN + SECOND;
    let mut mode = RoomMode::new(TERMS, begun);
    assert_eq!(mode.decide(&seen(8), begun), None);
    assert_eq!(mode.next_deadline(), Some(RUN_BEGAN + 5 * SECOND));
    assert!(
        mode.decide(&seen(8), RUN_BEGAN + 5 * SECOND).is_some(),
        "they are back"
    );
}

#[test]
fn in_the_first_five_seconds_of_a_run_those_who_are_too_many_already_go_up_at_once_and_stay() {
    let begun = RUN_BEGAN + SECOND;
    for many in [people(9), seen(9), seen(12), people(13)] {
        let mut mode = RoomMode::new(TERMS, begun);
        for present in 1..9 {
            assert_eq!(mode.decide(&seen(present), begun), None);
        }
        let up = mode.decide(&many, begun);
        let on = Some((SfuUse::On, SfuReason::People));
        assert_eq!(told(up), on, "{many:?}");
        for seconds in 0..60 {
            let now = begun + seconds * SECOND;
            assert_eq!(mode.decide(&seen(1), now), None, "{seconds} s later");
        }
    }
    let mut mode = RoomMode::new(TERMS, begun);
    let away = Facts {
        seats: 13,
        ..people(2)
    };
    assert!(mode.decide(&away, begun).is_some(), "all seats count here");
}

#[test]
fn an_sfu_with_too_much_to_do_gets_no_room_but_one_that_is_too_large() {
    let overloaded = |facts: Facts| Facts {
        is_sfu_overloaded: true,
        ..facts
    };
    let mut mode = opened();
    assert_eq!(mode.decide(&overloaded(seen(12)), NOW), None);
    let again = mode.next_deadline().unwrap();
    assert_eq!(again, NOW + 250);
    assert!(mode.decide(&seen(12), again).is_some());
    assert!(opened().decide(&overloaded(seen(13)), NOW).is_some());
}

#[test]
fn few_people_reach_each_other_directly_after_twenty_seconds_and_not_before_sixty() {
    let mut mode = grown();
    let since = NOW + 10 * SECOND;
    assert_eq!(mode.decide(&seen(3), since), None);
    assert_eq!(mode.next_deadline(), Some(NOW + 60 * SECOND));
    let down = mode.decide(&seen(3), NOW + 60 * SECOND);
    assert_eq!(told(down), Some((SfuUse::Off, SfuReason::People)));
    let mut mode = grown();
    let since = NOW + 55 * SECOND;
    assert_eq!(mode.decide(&seen(3), since), None);
    assert_eq!(mode.decide(&seen(3), since + 20 * SECOND - 1), None);
    assert!(mode.decide(&seen(3), since + 20 * SECOND).is_some());
}

#[test]
fn without_pictures_six_people_are_few_and_with_one_they_are_not() {
    for (facts, is_few) in [
        (people(6), true),
        (people(7), false),
        (seen(4), false),
        (seen(3), true),
    ] {
        let mut mode = grown();
        mode.decide(&facts, NOW + 100 * SECOND);
        let down = mode.decide(&facts, NOW + 120 * SECOND);
        assert_eq!(down.is_some(), is_few, "{facts:?}");
    }
}

#[test]
fn who_comes_back_in_between_begins_the_twenty_seconds_anew() {
    let mut mode = grown();
    let since = NOW + 100 * SECOND;
    mode.decide(&seen(3), since);
    mode.decide(&seen(4), since + 19 * SECOND);
    assert_eq!(mode.next_deadline(), None);
    mode.decide(&seen(3), since + 19 * SECOND);
    assert_eq!(mode.next_deadline(), Some(since + 39 * SECOND));
}

#[test]
fn a_line_that_was_too_narrow_is_not_tried_for_five_minutes() {
    let mut mode = opened();
    let narrow = |since| Facts {
        is_line_narrow: true,
        ..strained(3, since)
    };
    mode.decide(&narrow(NOW), NOW);
    mode.decide(&narrow(NOW), NOW + 8 * SECOND).unwrap();
    let over = NOW + 12 * SECOND;
    assert_eq!(mode.decide(&people(2), over), None);
    let down = over + 320 * SECOND;
    assert_eq!(mode.next_deadline(), Some(down));
    assert_eq!(mode.decide(&people(2), down - 1), None);
    assert!(mode.decide(&people(2), down).is_some());
}

#[test]
fn a_slow_processor_keeps_the_room_on_the_sfu_while_its_person_is_there() {
    let mut mode = grown();
    let slow = Facts {
        was_processor_slow: true,
        ..people(2)
    };
    mode.decide(&slow, NOW + 100 * SECOND);
    assert_eq!(mode.next_deadline(), None);
    assert_eq!(mode.decide(&slow, NOW + 10_000 * SECOND), None);
    mode.decide(&people(2), NOW + 10_000 * SECOND);
    assert!(
        mode.decide(&people(2), NOW + 10_020 * SECOND).is_some(),
        "they have gone"
    );
}

/// What is decided of three people in so many hours, of whom direct connections are too much for one five seconds after they are used, and
/// until five seconds after they are not any more.
fn decided_under_strain(hours: u64, is_slow: bool) -> Vec<(u64, SfuUse)> {
    let mut mode = opened();
    let (mut changed, mut since, mut was_slow) = (NOW, None, false);
    let mut decided = vec![];
    for second in 0..hours * 3_600 {
        let now = NOW + second * SECOND;
        if now >= changed + 5 * SECOND {
            since = match mode.standing().r#use {
                SfuUse::Off => since.or(Some(now)),
                SfuUse::On => None,
            };
        }
        was_slow |= is_slow && since.is_some();
        let facts = Facts {
            strained_since: since,
            is_line_narrow: since.is_some() && !is_slow,
            was_processor_slow: was_slow,
            ..seen(3)
        };
        if let Some(decision) = mode.decide(&facts, now) {
            changed = now;
            decided.push((second, decision.r#use));
        }
    }
    decided
}

#[test]
fn a_line_that_is_always_too_narrow_is_tried_ever_more_rarely_and_for_a_minute_each() {
    let decided = decided_under_strain(6, false);
    assert_eq!(decided[0], (13, SfuUse::On));
    let stays: Vec<u64> = decided
        .windows(2)
        .map(|pair| pair[1].0 - pair[0].0)
        .collect();
    let (on, off): (Vec<_>, Vec<_>) = stays.chunks_exact(2).map(|two| (two[0], two[1])).unzip();
    assert!(off.iter().all(|stay| *stay == 60), "{off:?}");
    let expected = [20, 40, 80, 160, 320, 320].map(|patience| 5 + 300 + patience);
    assert_eq!(on[..6], expected);
    assert!(on[6..].iter().all(|stay| *stay == 625), "{on:?}");
}

#[test]
fn a_processor_that_is_always_too_slow_moves_the_room_once() {
    assert_eq!(decided_under_strain(6, true), [(13, SfuUse::On)]);
}

#[test]
fn beyond_what_direct_connections_carry_the_room_never_leaves_the_sfu() {
    let mut mode = grown();
    let away = Facts {
        seats: 13,
        ..people(2)
    };
    mode.decide(&away, NOW + 100 * SECOND);
    assert_eq!(mode.next_deadline(), None);
    assert_eq!(mode.decide(&away, NOW + 1_000 * SECOND), None);
    assert_eq!(mode.flip(&away, NOW + 1_000 * SECOND), None);
    assert_eq!(mode.end(&away, NOW + 1_000 * SECOND), None);
}

#[test]
fn each_return_within_ten_minutes_doubles_the_wait_up_to_320_seconds() {
    let mut mode = grown();
    let mut now = NOW + 100 * SECOND;
    for wait in [20, 40, 80, 160, 320, 320] {
        mode.decide(&people(2), now);
        now += wait * SECOND;
        assert_eq!(mode.decide(&people(2), now - 1), None, "{wait}");
        assert!(mode.decide(&people(2), now).is_some(), "{wait}");
        // Another change may come after a minute, and so the wait is what counts.
        now += 60 * SECOND;
        assert!(mode.decide(&seen(5), now).is_some());
        now += 60 * SECOND;
    }
    mode.decide(&people(2), now);
    now += 320 * SECOND;
    assert!(mode.decide(&people(2), now).is_some());
    now += 601 * SECOND;
    assert!(mode.decide(&seen(5), now).is_some());
    now += 60 * SECOND;
    mode.decide(&people(2), now);
    assert_eq!(mode.next_deadline(), Some(now + 20 * SECOND));
}

#[test]
fn whoever_grows_again_waits_until_a_minute_is_over_unless_they_are_too_many() {
    let mut mode = grown();
    mode.decide(&people(2), NOW + 100 * SECOND);
    let down = NOW + 120 * SECOND;
    assert!(mode.decide(&people(2), down).is_some());
    assert_eq!(mode.decide(&seen(9), down + SECOND), None);
    assert_eq!(mode.next_deadline(), Some(down + 60 * SECOND));
    assert!(mode.decide(&seen(13), down + 2 * SECOND).is_some());
}

#[test]
fn the_operator_flips_a_room_without_waits_and_it_stays_so_for_a_minute() {
    let mut mode = opened();
    let on = mode.flip(&people(2), NOW);
    assert_eq!(told(on), Some((SfuUse::On, SfuReason::Operator)));
    let off = mode.flip(&seen(5), NOW);
    assert_eq!(told(off), Some((SfuUse::Off, SfuReason::Operator)));
    assert_eq!(mode.decide(&seen(5), NOW + 59 * SECOND), None);
    assert!(mode.decide(&seen(5), NOW + 60 * SECOND).is_some());
}

#[test]
fn when_the_server_stops_eight_are_sent_back_to_each_other_and_nine_are_not() {
    for (facts, is_sent_back) in [(seen(8), true), (seen(9), false)] {
        let mut mode = grown();
        let off = mode.end(&facts, NOW);
        let expected = is_sent_back.then_some((SfuUse::Off, SfuReason::Restart));
        assert_eq!(told(off), expected);
        assert_eq!(mode.decide(&seen(12), NOW + 100 * SECOND), None);
        assert_eq!(mode.flip(&seen(5), NOW), None);
        assert_eq!(mode.next_deadline(), None);
    }
    assert_eq!(opened().end(&seen(3), NOW), None, "they are direct");
}

#[test]
fn always_is_from_the_start_and_for_ever() {
    let terms = ModeTerms {
        policy: SfuPolicy::Always,
        ..TERMS
    };
    let mut mode = RoomMode::new(terms, NOW);
    let standing = mode.standing();
    assert_eq!(
        (standing.r#use, standing.why),
        (SfuUse::On, SfuReason::Operator)
    );
    for seconds in 0..1_000 {
        assert_eq!(mode.decide(&people(1), NOW + seconds * SECOND), None);
    }
    assert_eq!(mode.flip(&people(1), NOW), None);
    assert_eq!(mode.end(&people(1), NOW), None);
    assert_eq!(mode.standing(), standing);
}

#[test]
fn a_room_of_the_same_name_begins_above_the_numbers_of_the_one_before() {
    let first = RoomMode::new(TERMS, RUN_BEGAN);
    assert_eq!(first.standing().number, 1);
    let mut mode = opened();
    assert_eq!(mode.standing().number, 1_001);
    for number in 1_002..1_005 {
        assert_eq!(mode.flip(&people(2), NOW).unwrap().number, number);
    }
    let next = RoomMode::new(TERMS, NOW + 30 * SECOND);
    assert!(next.standing().number > mode.standing().number);
}

/// What may happen to a room.
#[derive(Clone, Copy, Debug)]
enum Event {
    Facts(Facts),
    Flip,
    /// Nothing, but the time passes up to the next deadline.
    Wait,
}

fn event() -> impl Strategy<Value = Event> {
    let facts = (
        (0..15_usize, 0..3_usize, 0..15_usize),
        any::<(bool, bool, bool, bool)>(),
        prop::option::of(0..20 * SECOND),
    );
    let facts = facts.prop_map(|((present, away, users), flags, strained)| Facts {
        present,
        seats: present + away,
        users: users.min(present),
        has_pictures: flags.0,
        strained_since: strained.map(|ago| NOW - ago),
        is_line_narrow: flags.1 && strained.is_some(),
        was_processor_slow: flags.2 && flags.1,
        is_sfu_overloaded: flags.3,
    });
    prop_oneof![
        4 => facts.prop_map(Event::Facts),
        1 => Just(Event::Flip),
        4 => Just(Event::Wait),
    ]
}

/// A decision lets the room settle, unless nobody else could decide.
fn may_come_early(why: SfuReason, r#use: SfuUse, facts: &Facts) -> bool {
    why == SfuReason::Operator || (r#use == SfuUse::On && facts.seats > TERMS.mesh_capacity)
}

proptest! {
    #[test]
    fn rooms_do_not_flutter_and_numbers_rise(
        events in prop::collection::vec((event(), 0..90 * SECOND), 1..60),
    ) {
        let mut mode = opened();
        let (mut now, mut facts) = (NOW, Facts::default());
        let mut last: Option<(UnixMillis, Decision)> = None;
        for (event, pause) in events {
            now += pause;
            let decision = match event {
                Event::Facts(new) => {
                    facts = new;
                    mode.decide(&facts, now)
                }
                Event::Flip => mode.flip(&facts, now),
                Event::Wait => {
                    if let Some(due) = mode.next_deadline() {
                        now = now.max(due);
                    }
                    mode.decide(&facts, now)
                }
            };
            let Some(decision) = decision else { continue };
            prop_assert_eq!(mode.standing(), decision);
            if decision.r#use == SfuUse::Off {
                prop_assert!(facts.seats <= TERMS.mesh_capacity);
            }
            if let Some((at, before)) = last {
                prop_assert!(decision.number > before.number);
                prop_assert_ne!(decision.r#use, before.r#use);
                let is_settled = now >= at + 60 * SECOND;
                prop_assert!(is_settled || may_come_early(decision.why, decision.r#use, &facts));
            }
            last = Some((now, decision));
        }
    }

    #[test]
    fn nothing_is_decided_between_two_deadlines_while_the_facts_stay(
        events in prop::collection::vec((event(), 0..90 * SECOND), 1..30),
        part in 0.0..1.0_f64,
    ) {
        let mut mode = opened();
        let (mut now, mut facts) = (NOW, Facts::default());
        for (event, pause) in events {
            now += pause;
            match event {
                Event::Facts(new) => {
                    facts = new;
                    mode.decide(&facts, now);
                }
                Event::Flip => drop(mode.flip(&facts, now)),
                Event::Wait => drop(mode.decide(&facts, now)),
            }
        }
        match mode.next_deadline() {
            None => prop_assert_eq!(mode.decide(&facts, now + 10_000 * SECOND), None),
            Some(due) if due > now => {
                let between = now + ((due - now - 1) as f64 * part) as u64;
                prop_assert_eq!(mode.decide(&facts, between), None);
                if !facts.is_sfu_overloaded {
                    prop_assert!(mode.decide(&facts, due).is_some());
                }
            }
            Some(_) => prop_assert!(mode.decide(&facts, now).is_some()),
        }
    }
}
