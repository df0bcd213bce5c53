//! What follows from how loud everybody is.

use super::*;
use crate::protocol::{DepartureReason, ServerMessage};
use crate::room::media::local::MediaAction;
use crate::room::preferences::Preferences;
use crate::room::testing::fixture::{peer, welcome};
use crate::room::testing::visiting::{Visiting, told};
use crate::room::visit::action::VisitAction;
use crate::room::visit::event::VisitEvent;

/// Levels for some seconds, ten a second; what comes of them.
fn hear(visiting: &mut Visiting, seconds: u64, levels: &[(Participant, f32)]) -> Vec<VisitEffect> {
    let mut effects = Vec::new();
    for _ in 0..seconds * 10 {
        visiting.now += 100;
        effects.extend(visiting.feed(VisitEvent::Levels(levels.to_vec())));
    }
    effects
}

#[test]
fn whoever_speaks_while_muted_is_told_so_in_a_call_and_sees_no_level_of_their_own() {
    let mute = || VisitAction::Media(MediaAction::SetMicrophone(Switch::Off));
    let speaking = [(Participant::Me, 0.4)];
    let mut lobby = Visiting::opened(Preferences::default());
    lobby.want(mute());
    assert_eq!(told(&hear(&mut lobby, 3, &speaking)), Vec::<&Notice>::new());

    let mut visiting = Visiting::joined(Preferences::default(), &[]);
    assert_eq!(visiting.visit.shown_level(&Participant::Me, 0.4), 0.4);
    assert_eq!(
        told(&hear(&mut visiting, 3, &speaking)),
        Vec::<&Notice>::new()
    );
    visiting.want(mute());
    let effects = hear(&mut visiting, 3, &speaking);
    assert_eq!(told(&effects), [&Notice::SpeakingWhileMuted]);
    assert_eq!(visiting.visit.shown_level(&Participant::Me, 0.4), 0.0);
}

#[test]
fn who_has_the_floor_is_told_when_it_passes_on_and_not_with_every_level() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a", "b"]);
    let (a, b) = (Participant::Peer(peer("a")), Participant::Peer(peer("b")));
    let passes = |effects: &[VisitEffect]| {
        let changed = VisitEffect::Changed(Aspect::Speaker);
        effects.iter().filter(|effect| **effect == changed).count()
    };
    let effects = hear(&mut visiting, 3, &[(a.clone(), 0.3), (b.clone(), 0.0)]);
    assert_eq!(passes(&effects), 1);
    assert_eq!(visiting.visit.speaker(), Some(&peer("a")));
    let effects = hear(&mut visiting, 3, &[(a, 0.0), (b, 0.3)]);
    assert_eq!(passes(&effects), 1);
    assert_eq!(visiting.visit.speaker(), Some(&peer("b")));
}

/// Somebody comes and somebody else goes, so often, a hundred times a second; what comes of it within the next seconds too.
fn traffic(visiting: &mut Visiting, times: usize) -> Vec<VisitEffect> {
    let mut effects = Vec::new();
    for number in 0..times {
        let id = format!("s{number}");
        effects.extend(visiting.come(&id));
        effects.extend(visiting.wait(5));
        effects.extend(visiting.server(ServerMessage::PeerLeft {
            peer: peer(&id),
            reason: DepartureReason::Left,
        }));
        effects.extend(visiting.wait(5));
    }
    effects.extend(visiting.wait(3_000));
    effects
}

#[test]
fn a_flood_of_people_is_told_of_in_a_few_notices_that_name_two_of_them() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    let effects = traffic(&mut visiting, 1_000);
    let notices = told(&effects);
    assert!(notices.len() <= 24, "{} notices in 10 s", notices.len());
    let is_of_many =
        |notice: &&Notice| matches!(notice, Notice::People(_, names, _) if names.others > 0);
    assert!(notices.iter().any(is_of_many), "{notices:?}");
}

#[test]
fn in_a_full_room_nobodys_coming_and_going_is_told_or_heard() {
    let mut visiting = Visiting::opened(Preferences::default());
    visiting.join();
    let mut large = welcome(false, &["a", "b", "c", "d", "e", "f"]);
    if let ServerMessage::Welcome { limits, .. } = &mut large {
        limits.room_capacity = 12;
    }
    visiting.server(large);
    let effects = traffic(&mut visiting, 10);
    assert_eq!(told(&effects), Vec::<&Notice>::new());
    let is_heard = |effect: &VisitEffect| matches!(effect, VisitEffect::Play(_));
    assert!(!effects.iter().any(is_heard));
}

#[test]
fn a_device_that_is_only_heard_has_not_the_floor() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    visiting.come_as_device("radio");
    let radio = Participant::Peer(peer("radio"));
    hear(&mut visiting, 3, &[(radio.clone(), 0.5)]);
    assert_eq!(visiting.visit.speaker(), None);
    let media = |video| ServerMessage::PeerMedia {
        peer: peer("radio"),
        media: crate::protocol::MediaState {
            audio: true,
            video,
            screen: false,
        },
    };
    visiting.server(media(true));
    hear(&mut visiting, 3, &[(radio, 0.5)]);
    assert_eq!(visiting.visit.speaker(), Some(&peer("radio")));
    visiting.server(media(false));
    assert_eq!(visiting.visit.speaker(), None);
}

#[test]
fn devices_come_and_go_without_a_sound_and_keep_nobody_from_being_told_of() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    let is_heard = |effect: &VisitEffect| matches!(effect, VisitEffect::Play(_));
    let effects = visiting.come_as_device("lamp");
    let name = |id: &str| crate::room::testing::fixture::name(id);
    assert_eq!(
        told(&effects),
        [&Notice::of(Occasion::DeviceCame, name("lamp"))]
    );
    assert!(!effects.iter().any(is_heard));
    visiting.wait(10_000);
    let effects = visiting.server(ServerMessage::PeerLeft {
        peer: peer("lamp"),
        reason: DepartureReason::Lost,
    });
    assert_eq!(
        told(&effects),
        [&Notice::of(Occasion::DeviceWent, name("lamp"))]
    );
    assert!(!effects.iter().any(is_heard));

    let mut visiting = Visiting::opened(Preferences::default());
    visiting.join();
    let mut large = welcome(false, &["a"]);
    if let ServerMessage::Welcome { limits, .. } = &mut large {
        limits.room_capacity = 40;
    }
    visiting.server(large);
    let arrivals = |effects: &[VisitEffect]| {
        let notices = told(effects).into_iter();
        let is_arrival =
            |notice: &&Notice| matches!(notice, Notice::People(Occasion::DeviceCame, ..));
        notices.filter(is_arrival).count()
    };
    let mut notices = 0;
    for number in 0..20 {
        notices += arrivals(&visiting.come_as_device(&format!("d{number}")));
        notices += arrivals(&visiting.wait(2_000));
    }
    assert!(notices <= 5, "of many devices nothing is told: {notices}");
    let effects = visiting.come("b");
    assert_eq!(told(&effects), [&Notice::of(Occasion::Came, name("b"))]);
    assert!(effects.iter().any(is_heard));
}
