use std::time::Duration;

use super::*;

#[test]
fn a_snapshot_is_one_line_of_json_with_every_figure() {
    let figures = Figures::default();
    figures.sessions.set(3);
    figures.rooms.set(2);
    figures.paused.set(4);
    figures.offers.add(16);
    figures.handshakes.add(15);
    figures.packets_in.add(10);
    figures.bytes_in.add(1_000);
    figures.packets_out.add(40);
    figures.packets_out.add(2);
    figures.bytes_out.add(4_000);
    figures.sends.add(5);
    figures.lost.add(6);
    figures.waited.add(17);
    figures.unknown.add(7);
    figures.refused.add(8);
    figures.live_lost.add(9);
    figures.door_in.add(12);
    figures.door_out.add(13);
    figures.door_lost.add(14);
    figures.missed.add(18);
    figures.repeated.add(19);
    figures.pictures_lost.add(20);
    figures.keyframe_requests.add(10);
    figures.layer_switches.add(21);
    figures.panics.add(11);
    figures.turns.note(Duration::from_micros(10), 1);
    figures.delays.note(Duration::from_micros(500), 42);
    let line = serde_json::to_string(&ShardFigures {
        seats: 5,
        is_overloaded: false,
        told: figures.tell(),
    });
    let expected = concat!(
        r#"{"seats":5,"isOverloaded":false,"sessions":3,"rooms":2,"paused":4,"offers":16,"handshakes":15,"#,
        r#""packetsIn":10,"bytesIn":1000,"packetsOut":42,"bytesOut":4000,"sends":5,"lost":6,"waited":17,"#,
        r#""unknown":7,"refused":8,"liveLost":9,"doorIn":12,"doorOut":13,"doorLost":14,"missed":18,"#,
        r#""repeated":19,"picturesLost":20,"keyframeRequests":10,"layerSwitches":21,"panics":11,"#,
        r#""turns":{"count":1,"p50":10,"p99":10,"longest":10},"#,
        r#""delays":{"count":42,"p50":500,"p99":500,"longest":500}}"#
    );
    assert_eq!(line.unwrap(), expected);
}

#[test]
fn there_may_be_fewer_sessions_than_before() {
    let figures = Figures::default();
    figures.sessions.set(3);
    figures.sessions.set(1);
    assert_eq!(figures.snapshot().sessions, 1);
}

#[test]
fn what_took_time_is_told_once_and_what_is_counted_again() {
    let figures = Figures::default();
    figures.packets_in.add(2);
    figures.turns.note(Duration::from_millis(1), 3);
    assert_eq!(figures.tell().turns.count, 3);
    let again = figures.tell();
    assert_eq!((again.turns.count, again.counted.packets_in), (0, 2));
}
