//! What a change of the call means to the rest of the visit.

use super::*;
use crate::protocol::{CloseCode, DepartureReason, MediaState, ParticipantKind, ServerMessage};
use crate::room::attention::sound::Sound;
use crate::room::call::event::SocketEvent;
use crate::room::device::DeviceKind;
use crate::room::media::local::MediaCommand;
use crate::room::media::screen::{ScreenAction, ScreenCommand, ScreenEvent};
use crate::room::messaging::event::MessagingAction;
use crate::room::messaging::recipients::Recipients;
use crate::room::notice::Occasion;
use crate::room::path::report::PeerEvent;
use crate::room::path::stall::Awaited;
use crate::room::preferences::Preferences;
use crate::room::stage::tile::TileId;
use crate::room::switch::Switch;
use crate::room::testing::fixture::{ice_server, name, peer, welcome};
use crate::room::testing::visiting::{Visiting, place, told};
use crate::room::visit::action::VisitAction;
use crate::room::visit::event::VisitEvent;

fn hidden() -> Preferences {
    Preferences {
        address: AddressPrivacy::Hidden,
        ..Preferences::default()
    }
}

fn with_relay(mut message: ServerMessage) -> ServerMessage {
    if let ServerMessage::Welcome { ice_servers, .. } = &mut message {
        ice_servers.push(ice_server("turn:relay.example"));
    }
    message
}

fn policies(effects: &[VisitEffect]) -> Vec<IceTransportPolicy> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            VisitEffect::SetIceTransportPolicy(policy) => Some(*policy),
            _ => None,
        })
        .collect()
}

fn is_open(effect: &VisitEffect) -> bool {
    let VisitEffect::Path { command, .. } = effect else {
        return false;
    };
    matches!(command, PeerCommand::Open { .. })
}

#[test]
fn messaging_begins_with_the_call_and_ends_with_it() {
    let mut visiting = Visiting::opened(Preferences::default());
    visiting.join();
    assert!(visiting.visit.messaging().is_none());
    let effects = visiting.server(welcome(false, &["a"]));
    assert!(effects.contains(&VisitEffect::Changed(Aspect::Messaging)));
    assert!(effects.contains(&VisitEffect::KeepAwake(true)));
    assert!(visiting.visit.messaging().is_some());
    let effects = visiting.leave();
    assert!(visiting.visit.messaging().is_none());
    assert!(effects.contains(&VisitEffect::KeepAwake(false)));
    assert!(effects.contains(&VisitEffect::Recording(RecordingCommand::Stop)));
}

#[test]
fn messaging_goes_on_through_an_outage_and_another_seat() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    let said = MessagingAction::Say {
        text: "hello".to_owned(),
        to: Recipients::Everyone,
    };
    visiting.want(VisitAction::Messaging(said));
    let closed = SocketEvent::Closed(CloseCode::Other(1006));
    visiting.feed(VisitEvent::Call(Event::Socket(closed)));
    visiting.wait(1_000);
    visiting.feed(VisitEvent::Call(Event::Socket(SocketEvent::Opened)));
    let effects = visiting.server(welcome(false, &["b"]));
    assert!(!effects.contains(&VisitEffect::Changed(Aspect::Messaging)));
    let messaging = visiting.visit.messaging().unwrap();
    assert_eq!(messaging.conversation().entries().count(), 1);
}

#[test]
fn who_comes_and_goes_is_told_with_a_sound_that_can_be_switched_off() {
    let mut visiting = Visiting::joined(Preferences::default(), &[]);
    let effects = visiting.come("a");
    assert_eq!(told(&effects), [&Notice::of(Occasion::Came, name("a"))]);
    assert!(effects.contains(&VisitEffect::Play(Sound::Arrival)));
    visiting.want(VisitAction::SetSounds(Switch::Off));
    visiting.now += 60_000;
    let effects = visiting.server(ServerMessage::PeerLeft {
        peer: peer("a"),
        reason: DepartureReason::Left,
    });
    assert_eq!(told(&effects), [&Notice::of(Occasion::Went, name("a"))]);
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, VisitEffect::Play(_)))
    );
}

#[test]
fn a_wish_to_hide_that_cannot_be_followed_is_told_once_before_the_first_connection() {
    let mut visiting = Visiting::opened(hidden());
    visiting.join();
    let effects = visiting.server(welcome(false, &["a", "b"]));
    assert_eq!(told(&effects), [&Notice::AddressNotHidden]);
    let warned = place(&effects, |it| {
        *it == VisitEffect::Notify(Notice::AddressNotHidden)
    });
    assert!(warned < place(&effects, is_open));
    assert_eq!(policies(&effects), []);
}

#[test]
fn a_wish_to_hide_is_followed_before_the_first_connection_is_opened() {
    let mut visiting = Visiting::opened(hidden());
    visiting.join();
    let effects = visiting.server(with_relay(welcome(false, &["a", "b"])));
    assert_eq!(told(&effects), Vec::<&Notice>::new());
    assert_eq!(policies(&effects), [IceTransportPolicy::Relay]);
    let followed = place(&effects, |it| {
        matches!(it, VisitEffect::SetIceTransportPolicy(_))
    });
    assert!(followed < place(&effects, is_open));
}

#[test]
fn who_hides_in_a_call_gets_new_ways_to_everyone_and_who_says_so_twice_does_not() {
    let mut visiting = Visiting::opened(Preferences::default());
    visiting.join();
    visiting.server(with_relay(welcome(false, &["a"])));
    visiting.connect("a");
    let effects = visiting.want(VisitAction::SetAddressPrivacy(AddressPrivacy::Hidden));
    assert_eq!(policies(&effects), [IceTransportPolicy::Relay]);
    assert!(effects.contains(&VisitEffect::Remember));
    let restarts = |effect: &VisitEffect| {
        matches!(
            effect,
            VisitEffect::Path {
                command: PeerCommand::Offer { ice_restart: true },
                ..
            }
        )
    };
    assert!(effects.iter().any(restarts));
    let effects = visiting.want(VisitAction::SetAddressPrivacy(AddressPrivacy::Hidden));
    assert_eq!(policies(&effects), []);
    assert!(!effects.iter().any(restarts));
}

#[test]
fn devices_are_let_go_at_the_end_and_asked_for_again_by_who_comes_back() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    visiting.want(VisitAction::Screen(ScreenAction::Share));
    visiting.feed(VisitEvent::Screen(ScreenEvent::Started));
    let effects = visiting.leave();
    for kind in [DeviceKind::Microphone, DeviceKind::Camera] {
        assert!(effects.contains(&VisitEffect::Capture(MediaCommand::Stop(kind))));
    }
    assert!(effects.contains(&VisitEffect::Screen(ScreenCommand::Stop)));
    assert_eq!(visiting.visit.media().sent(), MediaState::default());
    let effects = visiting.join();
    let asks =
        |effect: &VisitEffect| matches!(effect, VisitEffect::Capture(MediaCommand::Capture { .. }));
    assert!(effects.iter().any(asks));
}

#[test]
fn a_screen_takes_the_stage_when_it_is_shared_and_leaves_it_with_its_owner() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a", "b"]);
    let screen = TileId::Screen(Participant::Peer(peer("a")));
    visiting.server(ServerMessage::PeerMedia {
        peer: peer("a"),
        media: MediaState {
            screen: true,
            ..MediaState::default()
        },
    });
    assert_eq!(
        visiting.visit.stage_view().main,
        std::slice::from_ref(&screen)
    );
    visiting.server(ServerMessage::PeerLeft {
        peer: peer("a"),
        reason: DepartureReason::Left,
    });
    assert!(!visiting.visit.stage_view().main.contains(&screen));
    assert_eq!(visiting.visit.stage().shares().count(), 0);
}

#[test]
fn counting_what_arrives_renders_nothing() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    let count = |count| PeerEvent::Received {
        count,
        awaited: Awaited::Something,
    };
    visiting.path("a", count(1));
    visiting.now += 250;
    visiting.path("a", count(2));
    visiting.now += 250;
    assert_eq!(visiting.path("a", count(3)), []);
}

#[test]
fn a_device_is_on_the_stage_while_it_sends_pictures() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    let is_shown = |visiting: &Visiting| {
        let tile = TileId::Camera(Participant::Peer(peer("lamp")));
        visiting.visit.stage_view().main.contains(&tile)
    };
    visiting.server(ServerMessage::PeerJoined {
        peer: peer("lamp"),
        name: "Lamp".to_owned(),
        media: MediaState::default(),
        kind: ParticipantKind::Device,
        sfu: None,
    });
    assert!(!is_shown(&visiting));
    for video in [true, false] {
        visiting.now += 1_000;
        let effects = visiting.server(ServerMessage::PeerMedia {
            peer: peer("lamp"),
            media: MediaState {
                video,
                ..MediaState::default()
            },
        });
        assert_eq!(is_shown(&visiting), video);
        assert!(effects.contains(&VisitEffect::Changed(Aspect::Stage)));
    }
}
