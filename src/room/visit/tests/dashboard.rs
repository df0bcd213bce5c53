//! Devices in a call, from what they say to what is shown and sent.

use super::*;
use crate::protocol::{DepartureReason, ServerMessage};
use crate::room::channel::Channel;
use crate::room::dashboard::control::Press;
use crate::room::dashboard::rules::RULES;
use crate::room::messaging::application::{ApplicationError, Topic};
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::event::MessagingEvent;
use crate::room::messaging::frame::ChatFrame;
use crate::room::preferences::Preferences;
use crate::room::testing::fixture::peer;
use crate::room::testing::visiting::{Visiting, chat_frames};
use crate::room::visit::action::VisitAction;
use crate::room::visit::event::VisitEvent;

/// In a call with a person and a lamp, whose channels are open, with the rules of the dashboard.
fn with_a_lamp() -> Visiting {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    visiting.feed(VisitEvent::Dashboard(RULES));
    visiting.come_as_device("lamp");
    for id in ["a", "lamp"] {
        for channel in Channel::ALL {
            visiting.open(id, channel);
        }
    }
    visiting
}

fn say(
    visiting: &mut Visiting,
    id: &str,
    channel: Channel,
    topic: &str,
    data: &str,
) -> Vec<VisitEffect> {
    let frame = format!(r#"{{"type":"app","topic":"{topic}","data":{data}}}"#);
    visiting.frame(id, channel, Frame::Text(frame))
}

/// A device announces a switch.
fn announce(visiting: &mut Visiting, id: &str) -> Vec<VisitEffect> {
    let switch = r#"[{"topic":"control/lamp","label":"Lamp","kind":"switch"}]"#;
    say(visiting, id, Channel::Chat, "device/controls", switch)
}

fn is_shown(effects: &[VisitEffect]) -> bool {
    effects.contains(&VisitEffect::Changed(Aspect::Dashboard))
}

fn gauges(visiting: &Visiting, id: &str) -> Option<usize> {
    let board = visiting.visit.board();
    board.device(&peer(id)).map(|panel| panel.gauges.len())
}

fn press(visiting: &mut Visiting) -> Vec<VisitEffect> {
    let topic = Topic::parse("control/lamp").unwrap();
    visiting.want(VisitAction::Press(peer("lamp"), topic))
}

fn last_press(visiting: &Visiting) -> Option<Press> {
    let panel = visiting.visit.board().device(&peer("lamp"))?;
    panel.controls.first()?.press.clone()
}

#[test]
fn what_devices_tell_is_shown_and_handed_to_programs_and_what_people_tell_is_handed_on_alone() {
    let mut visiting = with_a_lamp();
    visiting.wait(1_000);
    let is_handed = |effects: &[VisitEffect]| {
        let handed = |effect: &VisitEffect| matches!(effect, VisitEffect::HandToApplications { name, .. } if !name.is_empty());
        effects.iter().any(handed)
    };
    for channel in [Channel::Live, Channel::Chat] {
        let told = say(&mut visiting, "lamp", channel, "telemetry/watt", "7.5");
        assert!(is_handed(&told) && is_shown(&told), "{channel:?}");
        let told = say(&mut visiting, "a", channel, "telemetry/watt", "7.5");
        assert!(is_handed(&told) && !is_shown(&told), "{channel:?}");
        visiting.wait(1_000);
    }
    assert_eq!(
        (gauges(&visiting, "lamp"), gauges(&visiting, "a")),
        (Some(1), None)
    );
}

#[test]
fn a_press_goes_to_the_device_alone_and_its_answer_is_shown() {
    let mut visiting = with_a_lamp();
    announce(&mut visiting, "lamp");
    let effects = press(&mut visiting);
    assert!(is_shown(&effects));
    let sent = chat_frames(&effects);
    let [(to, ChatFrame::App(message))] = &sent[..] else {
        panic!("not one message: {sent:?}");
    };
    assert_eq!(
        (to, message.topic.as_str()),
        (&peer("lamp"), "control/lamp")
    );
    assert_eq!(last_press(&visiting), Some(Press::Sent));
    let answer = format!(r#"{{"ack":{}}}"#, message.ack.unwrap());
    say(
        &mut visiting,
        "lamp",
        Channel::Chat,
        "control/lamp/ack",
        &answer,
    );
    assert_eq!(last_press(&visiting), Some(Press::Acknowledged));

    press(&mut visiting);
    visiting.wait(2_999);
    assert_eq!(last_press(&visiting), Some(Press::Sent));
    assert!(is_shown(&visiting.wait(1)));
    assert_eq!(last_press(&visiting), Some(Press::NoAnswer));
}

#[test]
fn a_press_that_cannot_be_sent_says_why() {
    let mut visiting = with_a_lamp();
    announce(&mut visiting, "lamp");
    visiting.feed(VisitEvent::Messaging(MessagingEvent::ChannelClosed {
        peer: peer("lamp"),
        channel: Channel::Chat,
    }));
    let effects = press(&mut visiting);
    assert!(is_shown(&effects) && chat_frames(&effects).is_empty());
    let nobody = Press::NotSent(ApplicationError::NobodyThere);
    assert_eq!(last_press(&visiting), Some(nobody));
    visiting.open("lamp", Channel::Chat);
    for _ in 0..41 {
        press(&mut visiting);
    }
    let too_fast = Press::NotSent(ApplicationError::TooFast);
    assert_eq!(last_press(&visiting), Some(too_fast));
}

#[test]
fn what_a_device_announces_before_the_rules_are_here_is_shown_with_them() {
    let mut visiting = Visiting::joined(Preferences::default(), &[]);
    visiting.come_as_device("lamp");
    visiting.open("lamp", Channel::Chat);
    let told = announce(&mut visiting, "lamp");
    assert!(!is_shown(&told));
    assert!(is_shown(&visiting.feed(VisitEvent::Dashboard(RULES))));
    assert_eq!(last_press(&visiting), None);
    press(&mut visiting);
    assert_eq!(last_press(&visiting), Some(Press::Sent));
}

#[test]
fn values_are_shown_four_times_a_second_however_fast_they_come() {
    let mut visiting = with_a_lamp();
    let mut effects = Vec::new();
    for number in 0..400 {
        let value = number.to_string();
        effects.extend(say(
            &mut visiting,
            "lamp",
            Channel::Live,
            "telemetry/x",
            &value,
        ));
        effects.extend(visiting.wait(25));
    }
    let shown = effects
        .iter()
        .filter(|effect| **effect == VisitEffect::Changed(Aspect::Dashboard));
    let shown = shown.count();
    assert!((30..=41).contains(&shown), "{shown} times in 10 s");
}

#[test]
fn of_devices_that_passed_through_nothing_is_left() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    visiting.feed(VisitEvent::Dashboard(RULES));
    let pass = |visiting: &mut Visiting, id: &str| {
        visiting.come_as_device(id);
        for channel in Channel::ALL {
            visiting.open(id, channel);
        }
        announce(visiting, id);
        for second in 0..5 {
            let values = format!(r#"{{"a":{second},"b":"text"}}"#);
            say(visiting, id, Channel::Live, "telemetry/x", &values);
            visiting.wait(1_000);
        }
        visiting.server(ServerMessage::PeerLeft {
            peer: peer(id),
            reason: DepartureReason::Left,
        });
        visiting.wait(40_000);
        format!("{:#?}", visiting.visit).lines().count()
    };
    let before = pass(&mut visiting, "first");
    for number in 0..30 {
        assert_eq!(pass(&mut visiting, &format!("d{number}")), before);
    }
}

#[test]
fn the_board_is_empty_after_the_call() {
    let mut visiting = with_a_lamp();
    say(&mut visiting, "lamp", Channel::Chat, "telemetry/x", "1");
    assert_eq!(gauges(&visiting, "lamp"), Some(1));
    visiting.leave();
    assert_eq!(gauges(&visiting, "lamp"), None);
}
