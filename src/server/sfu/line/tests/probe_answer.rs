use std::time::Duration;

use proptest::prelude::*;

use super::super::ProbeId;
use super::*;

/// By how much the receiver's clock is ahead of ours, in µs: the way is part of it.
const AHEAD: Micros = 70_000_000;

/// A probe of 2.4 Mbit/s for 20 ms, of which packets of 1200 bytes are sent each 4 ms.
fn probe() -> Probe {
    Probe {
        id: ProbeId::NONE,
        rate: 2_400_000.0,
        length: Duration::from_millis(20),
        packets: 6,
    }
}

/// The answer when packet by packet arrives so many ms after the way's least time from the beginning of the probe; `None` for those
/// that do not.
fn answered(arrivals: &[Option<Micros>]) -> ProbeAnswer {
    let mut answer = ProbeAnswer::new(probe());
    for index in 0..arrivals.len() {
        answer.sent(index as u64, 1_200, 4_000 * index as Micros);
    }
    for (index, arrived) in arrivals.iter().enumerate() {
        let told = Told {
            number: index as u64,
            sent: 4_000 * index as Micros,
            bytes: 1_200,
            probe: Some(answer.probe.id),
            was_missing: false,
        };
        answer.heard(told, arrived.map(|ms| AHEAD + 1_000 * ms));
    }
    answer
}

fn shown(arrivals: &[Micros]) -> Option<f64> {
    let arrivals: Vec<_> = arrivals.iter().map(|at| Some(*at)).collect();
    answered(&arrivals).answer(Some(AHEAD)).map(Answer::shown)
}

#[test]
fn a_wide_line_shows_what_was_sent() {
    assert_eq!(shown(&[0, 4, 8, 12, 16, 20]), Some(2_400_000.0));
    assert_eq!(shown(&[0, 4, 8, 12, 16, 18]), Some(2_400_000.0), "no more");
}

#[test]
fn a_narrow_line_shows_what_it_carries_less_a_little() {
    assert_eq!(shown(&[0, 10, 20, 30, 40, 50]), Some(0.95 * 960_000.0));
}

#[test]
fn what_is_read_late_in_the_middle_or_at_the_end_does_not_matter() {
    assert_eq!(shown(&[0, 16, 16, 16, 16, 20]), Some(2_400_000.0));
    assert_eq!(shown(&[0, 4, 8, 12, 60, 60]), Some(2_400_000.0));
    assert_eq!(shown(&[0, 4, 8, 12, 16, 70]), Some(2_400_000.0));
}

#[test]
fn what_is_read_late_at_the_beginning_does_not_make_it_faster() {
    let late = shown(&[30, 30, 30, 30, 40, 50]).unwrap();
    assert!(late < 1_000_000.0, "{late}");
    assert!(answered(&[30, 30, 30, 30, 40, 50].map(Some)).is_disturbed());
}

#[test]
fn what_arrives_all_at_once_or_hardly_arrives_shows_nothing() {
    let answer = answered(&[Some(60); 6]);
    assert_eq!(answer.answer(None), None);
    assert!(answer.is_disturbed());
    let answer = answered(&[Some(0), None, Some(8), None, Some(16), Some(20)]);
    assert_eq!(answer.answer(None), None);
    assert_eq!(answered(&[None; 6]).answer(None), None);
    assert!(!answered(&[None; 6]).is_disturbed());
    let short = answered(&[Some(0), Some(4), Some(8)]);
    assert_eq!(short.answer(None), None, "it has too few packets");
}

#[test]
fn what_is_narrow_is_not_disturbed() {
    assert!(!answered(&[0, 10, 20, 30, 40, 50].map(Some)).is_disturbed());
    assert!(!answered(&[0, 4, 8, 12, 16, 70].map(Some)).is_disturbed());
}

#[test]
fn a_loss_is_noticed() {
    let mut arrivals = vec![Some(0), None];
    arrivals.extend((2..8).map(|index| Some(4 * index)));
    let answer = answered(&arrivals).answer(None).unwrap();
    assert!(!answer.is_whole);
}

#[test]
fn it_is_complete_when_all_of_it_was_sent_and_the_last_is_told_of() {
    let mut answer = ProbeAnswer::new(probe());
    assert!(!answer.is_complete());
    for index in 0..6 {
        answer.sent(index, 1_200, 4_000 * index as Micros);
    }
    assert!(!answer.is_complete());
    let told = |number| Told {
        number,
        sent: 0,
        bytes: 1_200,
        probe: None,
        was_missing: false,
    };
    answer.heard(told(4), Some(AHEAD));
    assert!(!answer.is_complete());
    answer.heard(told(5), None);
    assert!(answer.is_complete());
}

#[test]
fn what_else_is_sent_meanwhile_counts() {
    let mut answer = ProbeAnswer::new(probe());
    let mine = Some(answer.probe.id);
    for index in 0..11 {
        let (number, sent) = (index as u64, 2_000 * index as Micros);
        let probe = mine.filter(|_| index % 2 == 0);
        if probe.is_some() {
            answer.sent(number, 1_200, sent);
        }
    }
    for index in 0..11 {
        let told = Told {
            number: index as u64,
            sent: 2_000 * index as Micros,
            bytes: 1_200,
            probe: mine.filter(|_| index % 2 == 0),
            was_missing: false,
        };
        answer.heard(told, Some(AHEAD + 2_000 * index as Micros));
    }
    assert_eq!(answer.answer(None).map(Answer::shown), Some(4_800_000.0));
}

proptest! {
    #[test]
    fn it_never_shows_more_than_was_sent(
        arrivals in prop::collection::vec(prop::option::of(-1_000_000_i64..1_000_000), 0..40),
        base in prop::option::of(any::<Micros>()),
    ) {
        let answer = answered(&arrivals);
        if let Some(answer) = answer.answer(base) {
            prop_assert!(answer.shown() > 0.0 && answer.shown() <= answer.sent);
        }
    }
}
