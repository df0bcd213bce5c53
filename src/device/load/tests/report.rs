//! The figures as programs and people read them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;
use crate::device::load::plan::{Pattern, plan};
use crate::device::load::table::table;
use crate::device::measures::meter::Meter;
use crate::device::measures::run::Run;
use crate::device::media::synthetic::stamp::StampClock;

fn outcome() -> Outcome {
    Outcome {
        seconds: 12.5,
        interrupted: false,
        counts: Counts::default(),
        presence: Presence {
            inside: 4,
            cut_off: 0,
            expected: 8,
            got: 7,
        },
        left_out: 0,
        load: None,
        server: None,
    }
}

fn report(fill: impl FnOnce(&mut Tally), outcome: Outcome) -> Report {
    let now = Instant::now();
    let run = Arc::new(Run::new(StampClock::new(1, now)));
    let meter = Meter::new(Arc::clone(&run));
    meter.socket_wanted(now);
    meter.socket_opened(now + Duration::from_millis(4));
    run.add(fill);
    Report::new(&plan(2, 2, Pattern::Meeting), &run.tally(), outcome)
}

#[test]
fn programs_find_every_figure_under_its_name() {
    let fill = |tally: &mut Tally| {
        tally.packets.lost = 3;
        tally.unrepaired = 1;
        tally.pictures.frames = 5;
        tally.pictures.delays.add(Duration::from_micros(2_500));
        tally.messages.lost = -1;
        tally.frozen = Duration::from_millis(1_500);
    };
    let report: Value = serde_json::to_value(report(fill, outcome())).unwrap();
    for (pointer, expected) in [
        ("/seconds", json!(12.5)),
        ("/tracks", json!({"expected": 8, "got": 7})),
        ("/joins/inside", json!(4)),
        ("/joins/cutOff", json!(0)),
        ("/joins/reconnected", json!(0)),
        ("/phases/socket/count", json!(1)),
        ("/phases/socket/p99", json!(4.0)),
        ("/phases/firstKeyFrame/p50", Value::Null),
        ("/packets/lost", json!(3)),
        ("/packets/unrepaired", json!(1)),
        ("/pictures/delay/max", json!(2.5)),
        ("/messages/lost", json!(0)),
        ("/freezes/seconds", json!(1.5)),
        ("/slowLines", json!(0)),
        ("/leftOut", json!(0)),
        ("/server", Value::Null),
    ] {
        assert_eq!(report.pointer(pointer), Some(&expected), "{pointer}");
    }
}

#[test]
fn people_are_told_what_there_is_to_tell_and_no_more() {
    let quiet = table(&report(|_| {}, outcome()));
    assert!(quiet.contains("7 of 8"), "{quiet}");
    for word in [
        "pictures",
        "messages",
        "slow lines",
        "refused",
        "too slow",
        "server",
        "again",
    ] {
        assert!(!quiet.contains(word), "{word} in {quiet}");
    }
    let mut outcome = outcome();
    outcome.left_out = 9;
    outcome.counts.slow_lines = 2;
    (outcome.counts.cut_off, outcome.counts.reconnected) = (6, 5);
    let refused = &mut outcome.counts.losses.refused;
    refused.insert("the room is full".to_owned(), 2);
    let fill = |tally: &mut Tally| {
        tally.pictures.frames = 5;
        tally.pictures.delays.add(Duration::from_millis(30));
        tally.packets.received = 97;
        tally.packets.lost = 3;
    };
    let full = table(&report(fill, outcome));
    for words in [
        "pictures",
        "2 × the room is full",
        "too slow",
        "slow lines",
        "6 times, of which 5 found it again",
        "3.00 %",
        "30.0",
    ] {
        assert!(full.contains(words), "{words} in {full}");
    }
}
