use super::*;

#[test]
fn a_snapshot_is_one_line_of_json_with_every_figure() {
    let figures = Figures::default();
    figures.sessions.set(3);
    figures.rooms.set(2);
    figures.packets_in.add(10);
    figures.bytes_in.add(1_000);
    figures.packets_out.add(40);
    figures.packets_out.add(2);
    figures.bytes_out.add(4_000);
    figures.sends.add(5);
    figures.lost.add(6);
    figures.unknown.add(7);
    figures.refused.add(8);
    figures.live_lost.add(9);
    figures.door_in.add(12);
    figures.door_out.add(13);
    figures.door_lost.add(14);
    figures.keyframe_requests.add(10);
    figures.panics.add(11);
    let line = serde_json::to_string(&figures.snapshot()).unwrap();
    let expected = concat!(
        r#"{"sessions":3,"rooms":2,"packetsIn":10,"bytesIn":1000,"packetsOut":42,"bytesOut":4000,"#,
        r#""sends":5,"lost":6,"unknown":7,"refused":8,"liveLost":9,"doorIn":12,"doorOut":13,"doorLost":14,"keyframeRequests":10,"panics":11}"#
    );
    assert_eq!(line, expected);
}

#[test]
fn there_may_be_fewer_sessions_than_before() {
    let figures = Figures::default();
    figures.sessions.set(3);
    figures.sessions.set(1);
    assert_eq!(figures.snapshot().sessions, 1);
}
