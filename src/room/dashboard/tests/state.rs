//! What waits for the rules.

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::room::channel::Reliability;
use crate::room::dashboard::rules::RULES;
use crate::room::messaging::application::{ApplicationMessage, Topic};

fn said(from: &str, topic: &str, data: Value) -> DashboardEvent {
    DashboardEvent::Heard(Arc::new(ReceivedApplicationMessage {
        from: PeerId::new(from),
        reliability: Reliability::ReliableOrdered,
        message: ApplicationMessage {
            topic: Topic::parse(topic).unwrap(),
            data,
            ack: None,
        },
    }))
}

fn announced(from: &str, label: &str) -> DashboardEvent {
    let control = json!({"topic": "control/a", "label": label, "kind": "button"});
    said(from, "device/controls", json!([control]))
}

/// What is written on the controls of a device.
fn labels(dashboard: &Dashboard, device: &str) -> Vec<String> {
    let panel = dashboard.board().device(&PeerId::new(device)).unwrap();
    let controls = panel.controls.iter();
    controls.map(|control| control.label.to_string()).collect()
}

#[test]
fn what_devices_announce_before_the_rules_are_here_is_heard_when_they_are() {
    let mut dashboard = Dashboard::default();
    for event in [
        announced("lamp", "Lamp"),
        announced("gone", "Horn"),
        said("lamp", "telemetry/a", json!(1)),
        announced("lamp", "Light"),
    ] {
        assert_eq!(dashboard.handle(event, Moment(0)), []);
    }
    assert_eq!(dashboard.next_deadline(), None);
    let lamp = PeerId::new("lamp");
    let effects = dashboard.learn(RULES, vec![lamp.clone()], Moment(2));
    assert!(effects.contains(&DashboardEffect::Changed));
    assert_eq!(
        labels(&dashboard, "lamp"),
        ["Light"],
        "the last word counts"
    );
    assert!(dashboard.board().device(&PeerId::new("gone")).is_none());
    assert_eq!(dashboard.waiting.len(), 0);
    dashboard.handle(announced("lamp", "Lamp"), Moment(3));
    assert_eq!(dashboard.waiting.len(), 0, "from now on they are heard");
}

#[test]
fn one_announcement_of_each_device_that_is_here_waits_the_newest() {
    let mut dashboard = Dashboard::default();
    for number in 0..1_000 {
        dashboard.handle(announced("lamp", &format!("Lamp {number}")), Moment(0));
    }
    dashboard.handle(announced("horn", "Horn"), Moment(1));
    dashboard.handle(announced("bell", "Bell"), Moment(1));
    assert_eq!(dashboard.waiting.len(), 3);
    let here = ["horn", "lamp"].map(PeerId::new).to_vec();
    dashboard.handle(DashboardEvent::Devices(here.clone()), Moment(2));
    assert_eq!(dashboard.waiting.len(), 2, "who is gone leaves nothing");
    dashboard.learn(RULES, here, Moment(3));
    assert_eq!(labels(&dashboard, "lamp"), ["Lamp 999"]);
    assert_eq!(labels(&dashboard, "horn"), ["Horn"]);
}

#[test]
fn what_comes_over_the_fast_channel_takes_the_place_of_no_announcement() {
    let mut dashboard = Dashboard::default();
    dashboard.handle(announced("lamp", "Lamp"), Moment(0));
    let DashboardEvent::Heard(mut late) = announced("lamp", "Late") else {
        panic!("nothing is heard");
    };
    Arc::make_mut(&mut late).reliability = Reliability::UnreliableUnordered;
    dashboard.handle(DashboardEvent::Heard(late), Moment(1));
    dashboard.learn(RULES, vec![PeerId::new("lamp")], Moment(2));
    assert_eq!(labels(&dashboard, "lamp"), ["Lamp"]);
}
