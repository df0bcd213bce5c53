//! Devices that tell, announce and answer, and a user who presses.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::room::dashboard::control::{ControlKind, Press};
use crate::room::dashboard::event::ANNOUNCEMENT;
use crate::room::messaging::application::ApplicationError;

fn lamp() -> PeerId {
    PeerId::new("lamp")
}

/// A board with these devices.
fn board(devices: &[PeerId]) -> Board {
    let mut board = Board::default();
    apply(
        &mut board,
        DashboardEvent::Devices(devices.to_vec()),
        Moment(0),
    );
    board
}

fn said(from: &PeerId, reliability: Reliability, topic: &str, data: Value) -> DashboardEvent {
    DashboardEvent::Heard(Arc::new(ReceivedApplicationMessage {
        from: from.clone(),
        reliability,
        message: ApplicationMessage {
            topic: Topic::parse(topic).unwrap(),
            data,
            ack: None,
        },
    }))
}

/// The lamp says something reliably; whether the board is different.
fn hear(board: &mut Board, ms: u64, topic: &str, data: Value) -> bool {
    let event = said(&lamp(), Reliability::ReliableOrdered, topic, data);
    !apply(board, event, Moment(ms)).is_empty()
}

/// The values of the lamp, in order.
fn values(board: &Board) -> Vec<(&str, &str, &GaugeValue)> {
    let gauges = board.device(&lamp()).unwrap().gauges.iter();
    gauges
        .map(|gauge| (gauge.topic.as_str(), gauge.key.as_str(), &gauge.value))
        .collect()
}

fn control(board: &Board) -> &Control {
    &board.device(&lamp()).unwrap().controls[0]
}

const SWITCH: &str = r#"[{"topic":"control/lamp","label":"Lamp","kind":"switch"}]"#;

/// A board on which the lamp has one control.
fn with_control(announcement: &str) -> Board {
    let mut board = board(&[lamp()]);
    let announced = serde_json::from_str(announcement).unwrap();
    assert!(hear(&mut board, 0, ANNOUNCEMENT, announced));
    board
}

fn press(board: &mut Board, ms: u64) -> Vec<DashboardEffect> {
    let pressed = DashboardEvent::Pressed {
        device: lamp(),
        topic: Topic::parse("control/lamp").unwrap(),
    };
    apply(board, pressed, Moment(ms))
}

/// What was sent to the lamp: the data, and the number that is to be acknowledged.
fn sent(effects: &[DashboardEffect]) -> (Value, u32) {
    let [DashboardEffect::Changed, DashboardEffect::Send(request)] = effects else {
        panic!("nothing was sent: {effects:?}");
    };
    assert_eq!(request.message.topic.as_str(), "control/lamp");
    assert_eq!(request.to, Recipients::Person(lamp()));
    assert_eq!(request.reliability, Reliability::ReliableOrdered);
    (request.message.data.clone(), request.message.ack.unwrap())
}

#[test]
fn the_last_values_of_a_device_stand_under_their_names_in_the_order_they_came() {
    let mut board = board(&[lamp()]);
    let both = json!({"celsius": 21.5, "state": "fine"});
    assert!(hear(&mut board, 0, "telemetry/room", both));
    assert!(hear(&mut board, 5, "telemetry/door", json!(false)));
    assert!(hear(
        &mut board,
        9,
        "telemetry/room",
        json!({"celsius": 22})
    ));
    assert_eq!(
        values(&board),
        [
            ("room", "celsius", &GaugeValue::Number(22.0)),
            ("room", "state", &GaugeValue::Text("fine".to_owned())),
            ("door", "", &GaugeValue::Flag(false)),
        ]
    );
    for topic in ["poker/bet", "telemetry", "control/lamp", "control/lamp/ack"] {
        assert!(!hear(&mut board, 10, topic, json!({"ack": 1})), "{topic}");
    }
    let lossy = said(
        &lamp(),
        Reliability::UnreliableUnordered,
        "telemetry/door",
        json!(true),
    );
    assert!(!apply(&mut board, lossy, Moment(11)).is_empty());
    assert_eq!(values(&board)[2].2, &GaugeValue::Flag(true));
}

#[test]
fn a_number_has_a_line_until_it_is_none() {
    let mut board = board(&[lamp()]);
    for (ms, value) in [(0, json!(1)), (60_000, json!(3)), (120_000, json!(2))] {
        hear(&mut board, ms, "telemetry/x", value);
    }
    let line = |board: &Board| board.device(&lamp()).unwrap().gauges[0].series.line();
    assert_eq!(line(&board).len(), 3);
    hear(&mut board, 121_000, "telemetry/x", json!("broken"));
    assert_eq!(line(&board), []);
}

#[test]
fn the_first_twenty_values_stay_and_one_that_is_not_told_any_more_makes_room() {
    let mut board = board(&[lamp()]);
    for number in 0..30 {
        let is_kept = hear(
            &mut board,
            0,
            "telemetry/x",
            json!({ format!("k{number}"): 1 }),
        );
        assert_eq!(is_kept, number < GAUGES);
    }
    hear(&mut board, 60_000, "telemetry/x", json!({"k0": 2}));
    assert!(!hear(&mut board, 120_000, "telemetry/y", json!(1)));
    assert!(hear(&mut board, 120_001, "telemetry/y", json!(1)));
    let names: Vec<&str> = values(&board).iter().map(|(_, key, _)| *key).collect();
    assert_eq!((names.len(), names[0], names[1]), (GAUGES, "k0", "k2"));
}

#[test]
fn what_a_device_told_goes_with_it_and_others_can_tell_nothing() {
    let mut board = board(&[lamp()]);
    hear(&mut board, 0, "telemetry/x", json!(1));
    let stranger = PeerId::new("stranger");
    let event = said(
        &stranger,
        Reliability::ReliableOrdered,
        "telemetry/x",
        json!(1),
    );
    assert_eq!(apply(&mut board, event, Moment(1)), []);
    let here = |devices: &[PeerId]| DashboardEvent::Devices(devices.to_vec());
    assert_eq!(apply(&mut board, here(&[lamp()]), Moment(2)), []);
    assert_eq!(values(&board).len(), 1, "the same device as before");
    let changed = [DashboardEffect::Changed];
    assert_eq!(apply(&mut board, here(&[]), Moment(3)), changed);
    assert_eq!(apply(&mut board, here(&[lamp()]), Moment(4)), changed);
    assert_eq!(values(&board), []);
}

#[test]
fn only_controls_that_follow_the_rules_are_taken_the_first_twenty_of_them() {
    let mut board = board(&[lamp()]);
    let long = format!("control/{}", "x".repeat(53));
    let announced = json!([
        {"topic": "control/lamp", "label": " Lamp\u{202e} ", "kind": "switch", "on": true},
        {"topic": "control/lamp", "label": "Again", "kind": "button"},
        {"topic": "control/", "label": "Nameless", "kind": "button"},
        {"topic": "telemetry/lamp", "label": "Elsewhere", "kind": "button"},
        {"topic": long, "label": "Too long to be acknowledged", "kind": "button"},
        {"topic": "control/a", "label": "\u{200b}", "kind": "button"},
        {"topic": "control/a", "label": "l".repeat(65), "kind": "button"},
        {"topic": "control/a", "label": "Slider", "kind": "slider"},
        {"topic": "control/a", "label": "Perhaps", "kind": "switch", "on": "perhaps"},
        {"topic": "control/b", "label": "Bell", "kind": "button", "later": 1},
        7,
    ]);
    assert!(hear(&mut board, 0, ANNOUNCEMENT, announced.clone()));
    let labels = |board: &Board| -> Vec<String> {
        let controls = board.device(&lamp()).unwrap().controls.iter();
        controls.map(|control| control.label.to_string()).collect()
    };
    assert_eq!(labels(&board), ["Lamp", "Bell"]);
    assert!(control(&board).is_on);
    assert!(!hear(&mut board, 1, ANNOUNCEMENT, announced), "the same");
    assert!(!hear(&mut board, 2, ANNOUNCEMENT, json!({"topic": "a"})));
    let lossy = said(
        &lamp(),
        Reliability::UnreliableUnordered,
        ANNOUNCEMENT,
        json!([]),
    );
    assert_eq!(apply(&mut board, lossy, Moment(3)), []);
    let entry =
        |number| json!({"topic": format!("control/c{number}"), "label": "C", "kind": "button"});
    let many: Vec<Value> = (0..50).map(entry).collect();
    assert!(hear(&mut board, 4, ANNOUNCEMENT, Value::Array(many)));
    assert_eq!(labels(&board).len(), CONTROLS);
    assert!(hear(&mut board, 5, ANNOUNCEMENT, json!([])));
    assert_eq!(labels(&board).len(), 0);
}

#[test]
fn a_press_is_sent_and_acknowledged_and_the_switch_is_then_over() {
    let mut board = with_control(SWITCH);
    let (data, ack) = sent(&press(&mut board, 1_000));
    assert_eq!(data, json!({"on": true}));
    assert_eq!(control(&board).press, Some(Press::Sent));
    assert!(!control(&board).is_on, "not before the device says so");
    assert_eq!(board.due, Some(Moment(4_000)));
    for other in [json!({"ack": ack + 1}), json!({"ack": "1"}), json!(ack)] {
        assert!(!hear(&mut board, 1_100, "control/lamp/ack", other));
    }
    assert!(hear(
        &mut board,
        1_200,
        "control/lamp/ack",
        json!({"ack": ack})
    ));
    assert_eq!(control(&board).press, Some(Press::Acknowledged));
    assert!(control(&board).is_on);
    assert_eq!(board.due, None);
    assert!(!hear(
        &mut board,
        1_300,
        "control/lamp/ack",
        json!({"ack": ack})
    ));
    let (data, next) = sent(&press(&mut board, 2_000));
    assert_eq!((data, next), (json!({"on": false}), ack + 1));
    let again = serde_json::from_str(SWITCH).unwrap();
    assert!(!hear(&mut board, 2_100, ANNOUNCEMENT, again));
    let is_off = json!([{"topic": "control/lamp", "label": "Lamp", "kind": "switch", "on": false}]);
    assert!(hear(&mut board, 2_200, ANNOUNCEMENT, is_off));
    assert!(!control(&board).is_on, "the device knows better");
    assert_eq!(control(&board).press, Some(Press::Sent));
}

#[test]
fn what_a_device_cannot_do_is_told_in_its_words() {
    let mut board = with_control(&SWITCH.replace("switch", "button"));
    let (data, ack) = sent(&press(&mut board, 0));
    assert_eq!(data, json!({"pressed": true}));
    let refused = json!({"ack": ack, "error": "No\u{202e} power. ".repeat(30)});
    assert!(hear(&mut board, 1, "control/lamp/ack", refused));
    let Some(Press::Failed(words)) = &control(&board).press else {
        panic!("{:?}", control(&board));
    };
    assert!(words.starts_with("No power. No power.") && words.chars().count() <= 81);
    let (_, ack) = sent(&press(&mut board, 2));
    hear(
        &mut board,
        3,
        "control/lamp/ack",
        json!({"ack": ack, "error": 7}),
    );
    assert_eq!(control(&board).press, Some(Press::Failed(String::new())));
}

#[test]
fn after_three_seconds_there_is_no_answer_and_a_late_one_still_counts() {
    let mut board = with_control(SWITCH);
    let (_, ack) = sent(&press(&mut board, 1_000));
    assert_eq!(apply(&mut board, DashboardEvent::Tick, Moment(3_999)), []);
    let changed = [DashboardEffect::Changed];
    assert_eq!(
        apply(&mut board, DashboardEvent::Tick, Moment(4_000)),
        changed
    );
    assert_eq!(control(&board).press, Some(Press::NoAnswer));
    assert_eq!(board.due, None);
    assert!(hear(
        &mut board,
        9_000,
        "control/lamp/ack",
        json!({"ack": ack})
    ));
    assert_eq!(control(&board).press, Some(Press::Acknowledged));
}

#[test]
fn what_could_not_be_sent_is_told_of_that_press_alone() {
    let mut board = with_control(SWITCH);
    let (_, first) = sent(&press(&mut board, 0));
    let (_, second) = sent(&press(&mut board, 1));
    let error = ApplicationError::TooFast;
    let not_sent = |ack| DashboardEvent::NotSent {
        ack: Some(ack),
        error,
    };
    assert_eq!(apply(&mut board, not_sent(first), Moment(2)), []);
    let changed = [DashboardEffect::Changed];
    assert_eq!(apply(&mut board, not_sent(second), Moment(2)), changed);
    assert_eq!(control(&board).press, Some(Press::NotSent(error)));
    assert_eq!(board.due, None);
}

#[test]
fn a_control_that_is_not_there_is_not_pressed_and_one_that_became_another_forgets() {
    let mut board = board(&[lamp()]);
    assert_eq!(press(&mut board, 0), []);
    let mut board = with_control(SWITCH);
    press(&mut board, 0);
    let other = serde_json::from_str(&SWITCH.replace("switch", "button")).unwrap();
    assert!(hear(&mut board, 1, ANNOUNCEMENT, other));
    assert_eq!(control(&board).kind, ControlKind::Button);
    assert_eq!(control(&board).press, None);
    assert_eq!(board.due, None);
}

/// What a device might say.
fn anything() -> impl Strategy<Value = (String, Value)> {
    let leaf = prop_oneof![
        any::<f64>().prop_map(|number| json!(number)),
        any::<bool>().prop_map(|flag| json!(flag)),
        ".{0,200}".prop_map(|text| json!(text)),
        Just(json!(null)),
    ];
    let data = leaf.clone().prop_recursive(2, 40, 40, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..40).prop_map(Value::Array),
            proptest::collection::vec((".{0,60}", inner), 0..40)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    let announced = (0..60_usize, "[a-z]{1,3}", ".{1,20}").prop_map(|(count, name, label)| {
        let entry = |number| json!({"topic": format!("control/{name}{number}"), "label": label, "kind": "switch"});
        Value::Array((0..count).map(entry).collect())
    });
    prop_oneof![
        ("telemetry/[a-z0-9]{0,3}", data.clone()),
        (
            Just(ANNOUNCEMENT.to_owned()),
            prop_oneof![announced, data.clone()]
        ),
        ("control/[a-z]{1,3}[0-9]/ack", data),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_devices_send_the_board_stays_small(
        said_by_them in proptest::collection::vec((0..3_usize, anything(), 0..3_000_u64), 0..200)
    ) {
        let devices = ["a", "b", "c"].map(PeerId::new);
        let mut board = board(&devices);
        let mut now = 0;
        for (who, (topic, data), pause) in said_by_them {
            now += pause;
            let event = said(&devices[who], Reliability::ReliableOrdered, &topic, data);
            apply(&mut board, event, Moment(now));
            let panel = board.device(&devices[who]).unwrap();
            if let Some(control) = panel.controls.first() {
                let (device, topic) = (devices[who].clone(), control.topic.clone());
                apply(&mut board, DashboardEvent::Pressed { device, topic }, Moment(now));
            }
        }
        prop_assert_eq!(board.devices.len(), 3);
        for panel in board.devices.values() {
            prop_assert!(panel.gauges.len() <= GAUGES && panel.controls.len() <= CONTROLS);
            for gauge in &panel.gauges {
                prop_assert!(gauge.series.len() <= 122);
                prop_assert!(gauge.key.chars().count() <= 40 && gauge.topic.len() <= 64);
                if let GaugeValue::Text(text) = &gauge.value {
                    prop_assert!(text.chars().count() <= 81, "{}", text);
                }
            }
        }
        apply(&mut board, DashboardEvent::Devices(Vec::new()), Moment(now));
        prop_assert_eq!(board.devices.len(), 0);
        prop_assert_eq!(board.due, None);
    }
}
