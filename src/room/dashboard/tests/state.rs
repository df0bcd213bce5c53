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
    let panel = dashboard.board().device(&lamp).unwrap();
    let labels: Vec<String> = panel
        .controls
        .iter()
        .map(|it| it.label.to_string())
        .collect();
    assert_eq!(labels, ["Light"], "the last word counts");
    assert!(dashboard.board().device(&PeerId::new("gone")).is_none());
    assert_eq!(dashboard.waiting.len(), 0);
    dashboard.handle(announced("lamp", "Lamp"), Moment(3));
    assert_eq!(dashboard.waiting.len(), 0, "from now on they are heard");
}

#[test]
fn no_more_than_a_few_announcements_wait() {
    let mut dashboard = Dashboard::default();
    for _ in 0..1_000 {
        dashboard.handle(announced("lamp", "Lamp"), Moment(0));
    }
    assert_eq!(dashboard.waiting.len(), WAITING);
}
