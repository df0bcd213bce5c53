//! What waits for the rules.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::room::channel::Reliability;
use crate::room::dashboard::gauge::GaugeValue;
use crate::room::dashboard::rules::RULES;
use crate::room::messaging::application::{ApplicationMessage, Topic};

fn said(from: &str, topic: &str, number: usize) -> DashboardEvent {
    DashboardEvent::Heard(Arc::new(ReceivedApplicationMessage {
        from: PeerId::new(from),
        reliability: Reliability::ReliableOrdered,
        message: ApplicationMessage {
            topic: Topic::parse(topic).unwrap(),
            data: json!(number),
            ack: None,
        },
    }))
}

#[test]
fn what_devices_say_before_the_rules_are_here_is_heard_when_they_are() {
    let mut dashboard = Dashboard::default();
    for (from, topic) in [
        ("lamp", "telemetry/a"),
        ("gone", "telemetry/a"),
        ("lamp", "telemetry/b"),
    ] {
        assert_eq!(dashboard.handle(said(from, topic, 1), Moment(0)), []);
    }
    for number in 2..5_000 {
        dashboard.handle(said("lamp", "telemetry/b", number), Moment(0));
    }
    let lamp = PeerId::new("lamp");
    dashboard.handle(DashboardEvent::Devices(vec![lamp.clone()]), Moment(1));
    assert_eq!(dashboard.waiting.len(), 2);
    assert_eq!(dashboard.next_deadline(), None);
    let effects = dashboard.learn(RULES, vec![lamp.clone()], Moment(2));
    assert!(effects.contains(&DashboardEffect::Changed));
    let panel = dashboard.board().device(&lamp).unwrap();
    let values: Vec<&GaugeValue> = panel.gauges.iter().map(|gauge| &gauge.value).collect();
    assert_eq!(
        values,
        [&GaugeValue::Number(1.0), &GaugeValue::Number(4_999.0)]
    );
    assert_eq!(dashboard.waiting.len(), 0);
    dashboard.handle(said("lamp", "telemetry/a", 7), Moment(3));
    assert_eq!(dashboard.waiting.len(), 0, "from now on they are heard");
}

#[test]
fn no_more_than_a_few_messages_wait_the_newest() {
    let mut dashboard = Dashboard::default();
    for number in 0..1_000 {
        let topic = format!("telemetry/t{number}");
        dashboard.handle(said("lamp", &topic, number), Moment(0));
    }
    assert_eq!(dashboard.waiting.len(), WAITING);
    let newest = dashboard.waiting.last().unwrap();
    assert_eq!(newest.message.topic.as_str(), "telemetry/t999");
}
