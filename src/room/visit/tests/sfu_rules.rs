//! What the SFU means to a visit.

use super::*;
use crate::protocol::sfu::{SfuAvailability, SfuUse};
use crate::protocol::{ClientMessage, ErrorCode, PeerInfo, ProtocolError};
use crate::room::call::event::SocketEvent;
use crate::room::call::passage::Passage;
use crate::room::call::state::{JoinProblem, Lobby};
use crate::room::hub::HubChannelEvent;
use crate::room::media::local::Environment;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::chat::message::WallTime;
use crate::room::messaging::event::MessagingAction;
use crate::room::messaging::recipients::Recipients;
use crate::room::participant::TrackKind;
use crate::room::path::command::{PeerCommand, Shape};
use crate::room::path::need::Need;
use crate::room::path::report::{ConnectionState, PeerEvent};
use crate::room::path::server_media::ServerMedia;
use crate::room::path::state::PathState;
use crate::room::preferences::Preferences;
use crate::room::sending::view::Heard;
use crate::room::testing::fixture::{info, peer, welcome};
use crate::room::testing::visiting::{Visiting, views};
use crate::room::visit::action::VisitAction;
use crate::room::visit::event::VisitEvent;
use crate::room::visit::page::{CapturedPictures, Opening};

/// In the lobby of a server that has an SFU.
fn opened() -> Visiting {
    opened_with(ServerMedia::Allowed)
}

/// The same, where earlier visits left this wish.
fn opened_with(server_media: ServerMedia) -> Visiting {
    let mut visiting = Visiting::default();
    visiting.feed(VisitEvent::Opened(Box::new(Opening {
        preferences: Preferences {
            server_media,
            ..Preferences::default()
        },
        environment: Environment::Capable,
        shares_screens: true,
        has_sfu: true,
        refuses_media: false,
        page_opened: WallTime(1_000_000),
    })));
    visiting
}

/// The rules are here.
fn learn(visiting: &mut Visiting) -> Vec<VisitEffect> {
    visiting.visit.hand_in(RULES);
    visiting.feed(VisitEvent::SfuKnown)
}

fn joins(effects: &[VisitEffect]) -> Vec<Option<u32>> {
    let joins = effects.iter().filter_map(|effect| match effect {
        VisitEffect::Send(ClientMessage::Join { sfu, .. }) => Some(*sfu),
        _ => None,
    });
    joins.collect()
}

fn offers(effects: &[VisitEffect]) -> Vec<&str> {
    let opened = effects.iter().filter_map(|effect| match effect {
        VisitEffect::Path {
            to,
            command: PeerCommand::Open { shape, .. },
            ..
        } => {
            assert_eq!(to.as_str() == "sfu", matches!(shape, Shape::Hub(_)));
            Some(to.as_str())
        }
        _ => None,
    });
    opened.collect()
}

fn welcome_with(r#use: SfuUse, people: &[(&str, Option<SfuAvailability>)]) -> ServerMessage {
    let mut welcome = welcome(false, &[]);
    if let ServerMessage::Welcome { peers, sfu, .. } = &mut welcome {
        *peers = people
            .iter()
            .map(|(id, sfu)| PeerInfo {
                sfu: *sfu,
                ..info(id)
            })
            .collect();
        *sfu = Some(SfuTerms {
            peer: PeerId::new(SfuTerms::PEER),
            run: "a".to_owned(),
            r#use,
            number: 1,
            standby: true,
            files: None,
        });
    }
    welcome
}

/// In a call that uses the SFU, with Ada, who can be reached over it.
fn called() -> Visiting {
    let mut visiting = opened();
    learn(&mut visiting);
    visiting.join();
    let ready = Some(SfuAvailability::Ready);
    visiting.server(welcome_with(SfuUse::On, &[("ada", ready)]));
    visiting
}

/// A channel of the hub's connection is open on both sides.
fn open(visiting: &mut Visiting, channel: Channel) {
    visiting.feed(VisitEvent::HubChannel(channel, HubChannelEvent::Opened));
    let ready = Frame::Text("{\"ready\":1}".to_owned());
    visiting.feed(VisitEvent::HubChannel(
        channel,
        HubChannelEvent::Frame(ready),
    ));
}

#[test]
fn who_wants_in_waits_for_what_it_takes_but_not_for_ever() {
    let mut visiting = opened();
    assert_eq!(joins(&visiting.join()), []);
    let effects = learn(&mut visiting);
    assert_eq!(joins(&effects), [Some(1)]);

    let mut patient = opened();
    assert_eq!(joins(&patient.join()), []);
    assert_eq!(joins(&patient.wait(2_900)), []);
    assert_eq!(joins(&patient.wait(200)), [None]);
    let late = learn(&mut patient);
    assert_eq!(joins(&late), [], "they have asked");

    let mut early = opened();
    learn(&mut early);
    assert_eq!(joins(&early.join()), [Some(1)]);

    let mut without = Visiting::opened(Preferences::default());
    assert_eq!(joins(&without.join()), [None]);
}

#[test]
fn what_was_captured_before_the_rules_came_is_sent() {
    let mut visiting = opened();
    visiting.feed(VisitEvent::Captured(CapturedPictures {
        camera: Some((720, 30.0)),
        screen: false,
    }));
    learn(&mut visiting);
    visiting.join();
    visiting.server(welcome_with(SfuUse::On, &[]));
    let wanted = r#"{"type":"send","number":1,"camera":["q"],"screen":[],"sound":true}"#;
    let effects = visiting.feed(VisitEvent::Unknown(wanted.to_owned()));
    let lowest = effects.iter().find_map(|effect| match effect {
        VisitEffect::SteerHub(_, targets) => Some(targets.camera[0].target),
        _ => None,
    });
    assert!(
        lowest.is_some_and(|target| target.bitrate() > 0),
        "{effects:?}"
    );
}

#[test]
fn who_sends_nothing_through_the_server_neither_waits_for_what_that_takes_nor_says_that_they_could()
{
    let mut visiting = opened_with(ServerMedia::Never);
    assert_eq!(joins(&visiting.join()), [None]);
    let mut late = opened_with(ServerMedia::Never);
    learn(&mut late);
    assert_eq!(joins(&late.join()), [None]);
}

#[test]
fn the_wish_to_send_nothing_through_the_server_is_remembered_and_counts_from_the_next_call_on() {
    let mut visiting = called();
    let effects = visiting.want(VisitAction::SetServerMedia(ServerMedia::Never));
    assert!(effects.contains(&VisitEffect::Remember), "{effects:?}");
    assert_eq!(visiting.visit.preferences.server_media, ServerMedia::Never);

    visiting.feed(VisitEvent::Call(Event::Socket(SocketEvent::NetworkChanged)));
    let effects = visiting.feed(VisitEvent::Call(Event::Socket(SocketEvent::Opened)));
    assert_eq!(joins(&effects), [Some(1)], "this call goes on as it began");

    visiting.leave();
    assert_eq!(joins(&visiting.join()), [None]);
}

#[test]
fn who_cannot_be_let_in_without_the_sfu_is_told_whether_that_is_by_their_own_wish() {
    for wish in [ServerMedia::Allowed, ServerMedia::Never] {
        let mut visiting = opened_with(wish);
        visiting.join();
        visiting.wait(3_100);
        visiting.server(ServerMessage::Error(ProtocolError {
            code: ErrorCode::SfuNeeded,
            message: "goes through the server".to_owned(),
            fatal: false,
        }));
        let problem = Some(JoinProblem::TooLargeForDirect(wish));
        let RoomState::Lobby(lobby) = &visiting.visit.call else {
            panic!("not in the lobby");
        };
        assert_eq!(*lobby, Lobby { problem });
    }
}

#[test]
fn a_newcomer_offers_to_the_sfu_and_to_whom_it_does_not_reach() {
    let mut visiting = opened();
    learn(&mut visiting);
    visiting.join();
    let people = [
        ("ready", Some(SfuAvailability::Ready)),
        ("able", Some(SfuAvailability::Able)),
        ("unable", Some(SfuAvailability::Unable)),
        ("device", None),
    ];
    let effects = visiting.server(welcome_with(SfuUse::On, &people));
    let mut offered = offers(&effects);
    offered.sort_unstable();
    assert_eq!(offered, ["device", "sfu", "unable"]);

    let mut small = opened();
    learn(&mut small);
    small.join();
    let effects = small.server(welcome_with(SfuUse::Off, &people));
    assert_eq!(offers(&effects), ["ready", "able", "unable", "device"]);
}

#[test]
fn who_is_reached_over_the_sfu_is_shown_as_it_stands() {
    let mut visiting = called();
    let call = visiting.visit.call().call().unwrap();
    let ada = call.person(&peer("ada")).unwrap();
    assert_eq!(ada.need, Need::Nothing);
    assert_eq!(call.path_to(ada).map(|path| path.state()), None);
    let link = call.link_to(ada).unwrap();
    assert_eq!(link.carrier, Carrier::Hub);
    assert!(matches!(link.state, PathState::Connecting(_)));

    let path = visiting.visit.hub.path().unwrap();
    visiting.feed(VisitEvent::Call(Event::Path {
        path,
        generation: 1,
        event: PeerEvent::Connection(ConnectionState::Connected),
    }));
    let call = visiting.visit.call().call().unwrap();
    let ada = call.person(&peer("ada")).unwrap();
    assert_eq!(call.link_to(ada).unwrap().state, PathState::Connected);
    assert_eq!(call.passage_to(ada), Passage::Server);
    assert_eq!(call.passage(), Passage::Server);
}

#[test]
fn what_is_said_to_everybody_leaves_once_and_what_comes_is_heard() {
    let mut visiting = called();
    visiting.server(ServerMessage::PeerJoined {
        peer: peer("bob"),
        name: "Bob".to_owned(),
        media: Default::default(),
        kind: Default::default(),
        sfu: Some(SfuAvailability::Able),
    });
    open(&mut visiting, Channel::Chat);
    let effects = visiting.want(VisitAction::Messaging(MessagingAction::Say {
        text: "Hello".to_owned(),
        to: Recipients::Everyone,
    }));
    let said: Vec<&str> = effects
        .iter()
        .filter_map(|effect| match effect {
            VisitEffect::TransmitToHub {
                channel: Channel::Chat,
                frame: Frame::Text(text),
            } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let [said] = said[..] else {
        panic!("{effects:?}");
    };
    assert!(said.starts_with("{\"to\":[\"ada\",\"bob\"]}\n"), "{said}");
    assert!(said.contains("Hello"));

    let message = r#"{"type":"message","id":"1","text":"Hi","sentAt":1}"#;
    let frame = Frame::Text(format!("{{\"from\":\"ada\"}}\n{message}"));
    let heard = HubChannelEvent::Frame(frame);
    let effects = visiting.feed(VisitEvent::HubChannel(Channel::Chat, heard));
    let told = |effect: &VisitEffect| matches!(effect, VisitEffect::Conversation(_));
    assert!(effects.iter().any(told), "{effects:?}");
}

/// In a call that goes directly, with Ada, who can be reached over the SFU.
fn called_directly() -> Visiting {
    let mut visiting = opened();
    learn(&mut visiting);
    visiting.join();
    let ready = Some(SfuAvailability::Ready);
    visiting.server(welcome_with(SfuUse::Off, &[("ada", ready)]));
    visiting
}

#[test]
fn a_decision_of_the_server_reaches_the_hub() {
    let mut visiting = called_directly();
    let on = r#"{"type":"sfu","use":"on","number":2,"why":"people"}"#;
    let effects = visiting.feed(VisitEvent::Unknown(on.to_owned()));
    assert_eq!(offers(&effects), ["sfu"]);
    let gone = r#"{"type":"peer-sfu","peer":"ada","sfu":"unable"}"#;
    visiting.feed(VisitEvent::Unknown(gone.to_owned()));
    let ada = visiting.visit.call().person(&peer("ada")).unwrap();
    assert_eq!(ada.sfu, Some(SfuAvailability::Unable));
    assert_eq!(ada.need, Need::Media);
}

#[test]
fn the_page_is_told_how_somebody_stands_with_the_sfu() {
    let mut visiting = called_directly();
    // What changes soon after something else is shown a moment later.
    visiting.wait(1_000);
    let gone = r#"{"type":"peer-sfu","peer":"ada","sfu":"unable"}"#;
    let effects = visiting.feed(VisitEvent::Unknown(gone.to_owned()));
    assert!(
        effects.contains(&VisitEffect::Changed(Aspect::Call)),
        "{effects:?}"
    );
}

#[test]
fn the_page_is_told_when_something_does_not_come_over_the_sfu() {
    let mut visiting = called();
    let mut turn = VisitTurn::new(visiting.context());
    let failing = HubEffect::Failing(peer("ada"), Some(Carrier::Hub));
    visiting.visit.perform_hub(failing, &mut turn);
    let ada = visiting.visit.call().person(&peer("ada")).unwrap();
    assert_eq!(ada.failing, Some(Carrier::Hub));
    assert_eq!(turn.effects, [VisitEffect::Changed(Aspect::Call)]);
}

#[test]
fn the_page_is_told_when_a_picture_stands_still_for_want_of_bandwidth() {
    let mut visiting = called();
    let mut turn = VisitTurn::new(visiting.context());
    let paused = HubEffect::Paused(peer("ada"), TrackKind::Camera, true);
    visiting.visit.perform_hub(paused, &mut turn);
    let ada = visiting.visit.call().person(&peer("ada")).unwrap();
    let now = visiting.context().now;
    assert_eq!(ada.paused.since(TrackKind::Camera), Some(now));
    assert_eq!(turn.effects, [VisitEffect::Changed(Aspect::Call)]);
}

#[test]
fn when_the_server_is_back_without_its_sfu_everybody_is_reached_directly() {
    let mut visiting = called();
    visiting.feed(VisitEvent::Call(Event::Socket(SocketEvent::NetworkChanged)));
    visiting.feed(VisitEvent::Call(Event::Socket(SocketEvent::Opened)));
    visiting.server(welcome(true, &["ada"]));
    let call = visiting.visit.call().call().unwrap();
    let ada = call.person(&peer("ada")).unwrap();
    assert_eq!(ada.need, Need::Media);
    assert!(call.path_to(ada).is_some());
    assert_eq!(call.passage(), Passage::Direct);
}

#[test]
fn with_the_call_the_connection_ends() {
    let mut visiting = called();
    let effects = visiting.leave();
    let closes = |effect: &VisitEffect| matches!(effect, VisitEffect::Path { to, command: PeerCommand::Close, .. } if to.as_str() == "sfu");
    assert!(effects.iter().any(closes), "{effects:?}");
    assert_eq!(visiting.visit.hub.path(), None);
    let _ = visiting.feed(VisitEvent::Call(Event::Socket(SocketEvent::NetworkChanged)));
}

#[test]
fn what_is_wanted_directly_is_said_directly() {
    let mut visiting = called();
    open(&mut visiting, Channel::Chat);
    let asks = |effect: &VisitEffect| match effect {
        VisitEffect::TransmitToHub {
            frame: Frame::Text(text),
            ..
        } => text.contains("viewing"),
        _ => false,
    };
    let mut effects = visiting.server(ServerMessage::Offer {
        from: peer("ada"),
        sdp: "offer".to_owned(),
        serial: Some(1),
    });
    effects.extend(visiting.wait(3_000));
    assert!(!effects.iter().any(asks), "{effects:?}");

    let effects = visiting.open("ada", Channel::Chat);
    let asked: Vec<_> = views(&effects)
        .into_iter()
        .map(|(whom, request)| (whom, request.sound))
        .collect();
    assert_eq!(asked, [(peer("ada"), Heard(false))]);
}

#[test]
fn what_opened_before_the_rules_came_is_open_directly() {
    let mut visiting = opened();
    visiting.join();
    visiting.wait(3_100);
    visiting.server(welcome(false, &["ada"]));
    visiting.connect("ada");
    visiting.open("ada", Channel::Chat);
    learn(&mut visiting);
    visiting.feed(VisitEvent::Call(Event::Socket(SocketEvent::NetworkChanged)));
    visiting.feed(VisitEvent::Call(Event::Socket(SocketEvent::Opened)));
    let ready = Some(SfuAvailability::Ready);
    let mut back = welcome_with(SfuUse::On, &[("ada", ready)]);
    if let ServerMessage::Welcome { resumed, .. } = &mut back {
        *resumed = true;
    }
    visiting.server(back);
    open(&mut visiting, Channel::Chat);
    let carrier = visiting.visit.carriers.carrier(&peer("ada"), Channel::Chat);
    assert_eq!(carrier, Some(Carrier::Direct));
}
