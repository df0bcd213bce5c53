//! Three hundred people join within six seconds: each costs a visit so much and no more, however many are there already.

use super::large_room::{hub, in_large_room, say};
use crate::protocol::sfu::SfuAvailability;
use crate::protocol::{ClientMessage, DepartureReason, MediaState, ParticipantKind, ServerMessage};
use crate::room::channel::Channel;
use crate::room::messaging::event::MessagingAction;
use crate::room::messaging::recipients::Recipients;
use crate::room::path::report::PeerEvent;
use crate::room::testing::fixture::peer;
use crate::room::testing::visiting::{Visiting, told};
use crate::room::visit::action::VisitAction;
use crate::room::visit::effect::{Aspect, VisitEffect};
use crate::room::visit::event::VisitEvent;

/// So many join.
const PEOPLE: usize = 300;

/// This far apart, in ms.
const APART_MS: u64 = 20;

/// In a large room, with these who were there before.
fn called(before: &[&str]) -> Visiting {
    in_large_room(before, &Channel::ALL, true, None)
}

/// Time passes, and media come through the SFU all the while.
fn live(visiting: &mut Visiting, ms: u64) -> Vec<VisitEffect> {
    let mut effects = Vec::new();
    for _ in 0..ms.div_ceil(APART_MS / 2) {
        for effect in visiting.wait(APART_MS / 2) {
            if let VisitEffect::CountArrivals { awaited, .. } = effect {
                let count = visiting.now;
                hub(visiting, PeerEvent::Received { count, awaited });
            } else {
                effects.push(effect);
            }
        }
    }
    effects
}

/// Somebody called so joins with an open microphone, is heard by the SFU, says how large they show me, and asks for the conversation.
fn join(visiting: &mut Visiting, number: usize, name: String) -> Vec<VisitEffect> {
    let id = format!("p{number}");
    let mut effects = visiting.server(ServerMessage::PeerJoined {
        peer: peer(&id),
        name,
        media: MediaState {
            audio: true,
            video: true,
            screen: false,
        },
        kind: ParticipantKind::Person,
        sfu: Some(SfuAvailability::Able),
    });
    effects.extend(live(visiting, APART_MS / 2));
    let ready = format!(r#"{{"type":"peer-sfu","peer":"{id}","sfu":"ready"}}"#);
    effects.extend(visiting.feed(VisitEvent::Unknown(ready)));
    for frame in [
        r#"{"type":"viewing","camera":"thumbnail"}"#,
        r#"{"type":"history-request"}"#,
    ] {
        let text = format!("{{\"from\":\"{id}\"}}\n{frame}");
        effects.extend(say(visiting, Channel::Chat, &text));
    }
    effects.extend(live(visiting, APART_MS / 2));
    effects
}

fn count(effects: &[VisitEffect], like: impl Fn(&VisitEffect) -> bool) -> usize {
    effects.iter().filter(|effect| like(effect)).count()
}

fn bytes_to_hub(effects: &[VisitEffect]) -> usize {
    let frames = effects.iter().map(|effect| match effect {
        VisitEffect::TransmitToHub { frame, .. } => frame.size(),
        _ => 0,
    });
    frames.sum()
}

#[test]
fn three_hundred_joins_are_told_of_a_few_times_and_each_costs_the_same() {
    let mut visiting = called(&["a", "b"]);
    visiting.want(VisitAction::Messaging(MessagingAction::Say {
        text: "Welcome".to_owned(),
        to: Recipients::Everyone,
    }));
    live(&mut visiting, 20_000);
    say(
        &mut visiting,
        Channel::Chat,
        "{\"from\":\"a\"}\n{\"type\":\"history\",\"entries\":[]}",
    );
    let mut joins = Vec::new();
    for number in 0..PEOPLE {
        joins.push(join(&mut visiting, number, format!("Name of {number}")));
    }
    assert_eq!(
        visiting.visit.call().call().unwrap().people.len(),
        PEOPLE + 2
    );
    let all: Vec<VisitEffect> = joins.iter().flatten().cloned().collect();
    let heard = count(&all, |effect| matches!(effect, VisitEffect::Play(_)));
    assert!(told(&all).len() <= 4 && heard <= 4, "{:?}", told(&all));
    let seconds = PEOPLE * APART_MS as usize / 1_000;
    for aspect in [Aspect::Call, Aspect::People, Aspect::Stage] {
        let changed = VisitEffect::Changed(aspect);
        let shown = count(&all, |effect| *effect == changed);
        assert!(shown <= 63 * seconds + 1, "{aspect:?}: {shown}");
    }
    for (number, effects) in joins.iter().enumerate() {
        let is_sent = |effect: &VisitEffect| matches!(effect, VisitEffect::Send(_));
        let to_hub = |effect: &VisitEffect| matches!(effect, VisitEffect::TransmitToHub { .. });
        let paths = |effect: &VisitEffect| matches!(effect, VisitEffect::Path { to, .. } if to.as_str().starts_with('p'));
        assert!(effects.len() <= 40, "{number}: {effects:#?}");
        assert!(count(effects, is_sent) <= 3, "{number}: {effects:#?}");
        assert!(count(effects, to_hub) <= 6, "{number}: {effects:#?}");
        assert!(bytes_to_hub(effects) <= 2_000, "{number}: {effects:#?}");
        if number > 20 {
            assert_eq!(count(effects, paths), 0, "{number}: {effects:#?}");
            assert!(
                count(effects, to_hub) > 0,
                "{number}: nothing of the conversation {effects:?} {:?}",
                joins[number - 1]
            );
        }
    }
    let watches = count(&all, |effect| {
        matches!(effect, VisitEffect::Send(ClientMessage::Watch(_)))
    });
    assert!(watches <= PEOPLE + 10, "{watches} watches");
}

#[test]
fn three_hundred_who_are_called_alike_are_told_apart() {
    let mut visiting = called(&[]);
    for number in 0..PEOPLE {
        visiting.server(ServerMessage::PeerJoined {
            peer: peer(&format!("p{number}")),
            name: "Guest".to_owned(),
            media: MediaState::default(),
            kind: ParticipantKind::Person,
            sfu: Some(SfuAvailability::Able),
        });
    }
    let people = &visiting.visit.call().call().unwrap().people;
    let last = people.last().unwrap();
    assert_eq!(last.name.as_str(), "Guest 300");
}

/// Somebody comes with an open microphone, whom the SFU hears at once.
fn come(visiting: &mut Visiting, number: usize) -> Vec<VisitEffect> {
    let id = format!("p{number}");
    let mut effects = visiting.server(ServerMessage::PeerJoined {
        peer: peer(&id),
        name: format!("Name of {number}"),
        media: MediaState::default(),
        kind: ParticipantKind::Person,
        sfu: Some(SfuAvailability::Able),
    });
    let ready = format!(r#"{{"type":"peer-sfu","peer":"{id}","sfu":"ready"}}"#);
    effects.extend(visiting.feed(VisitEvent::Unknown(ready)));
    effects
}

/// Whether the conversation knows somebody.
fn is_known(visiting: &Visiting, id: &str) -> bool {
    let messaging = visiting.visit.messaging().unwrap();
    messaging.conversation().name_of(&peer(id)).is_some()
}

/// How often people are shown anew.
fn shown(effects: &[VisitEffect]) -> usize {
    count(effects, |it| *it == VisitEffect::Changed(Aspect::People))
}

#[test]
fn many_who_come_to_a_crowd_together_are_followed_together_and_soon() {
    let mut visiting = called(&[]);
    for number in 0..60 {
        come(&mut visiting, number);
    }
    visiting.wait(1_000);
    let mut effects = Vec::new();
    for number in 60..90 {
        effects.extend(come(&mut visiting, number));
    }
    assert!(shown(&effects) <= 1, "{}", shown(&effects));
    assert_eq!(visiting.visit.call().call().unwrap().people.len(), 90);
    assert!(!is_known(&visiting, "p89"));
    let later = visiting.wait(100);
    assert!(is_known(&visiting, "p89") && shown(&later) == 1);
    let gone = visiting.server(ServerMessage::PeerLeft {
        peer: peer("p89"),
        reason: DepartureReason::Left,
    });
    let later = visiting.wait(100);
    assert_eq!((shown(&gone), shown(&later)), (0, 1));
}

#[test]
fn in_a_small_room_whoever_comes_is_followed_at_once() {
    let mut visiting = called(&["a", "b"]);
    for number in 0..20 {
        come(&mut visiting, number);
        assert!(is_known(&visiting, &format!("p{number}")));
    }
}

#[test]
fn what_somebody_says_who_has_just_come_to_a_crowd_is_heard() {
    let mut visiting = called(&[]);
    for number in 0..60 {
        come(&mut visiting, number);
    }
    let text = "{\"from\":\"p59\"}\n{\"type\":\"viewing\",\"camera\":\"large\"}";
    say(&mut visiting, Channel::Chat, text);
    assert!(is_known(&visiting, "p59"));
}
