//! The way in, event by event.

use super::*;
use crate::protocol::{DepartureReason, MediaState, ParticipantKind, PeerId, ServerMessage};
use crate::room::call::event::{CallAction, Event, SocketEvent};
use crate::room::path::command::PeerCommand;
use crate::room::path::report::PeerEvent;
use crate::room::testing::fixture::{BOTH, OneCall, commands, info, limits, peer, sent, welcome};

/// The same, with everybody there called this.
fn all_called(name: &str, mut message: ServerMessage) -> ServerMessage {
    if let ServerMessage::Welcome { peers, .. } = &mut message {
        for peer in peers {
            peer.name = name.to_owned();
        }
    }
    message
}

/// What everybody is shown as, I first.
fn shown(visit: &OneCall) -> Vec<&str> {
    let call = visit.state.call().unwrap();
    let others = call.people.iter().map(|person| &person.name);
    let all = std::iter::once(&call.name).chain(others);
    all.map(DisplayName::as_str).collect()
}

fn problem(visit: &OneCall) -> Option<&JoinProblem> {
    match &visit.state {
        RoomState::Lobby(lobby) => lobby.problem.as_ref(),
        state => panic!("not in the lobby: {state:?}"),
    }
}

#[test]
fn the_newcomer_says_what_it_sends_and_offers_to_everyone_who_is_there() {
    let mut visit = OneCall {
        sent: BOTH,
        ..OneCall::default()
    };
    visit.feed(Event::SentMedia);
    assert_eq!(visit.join(), [Effect::Connect { after_ms: 0 }]);
    let effects = visit.socket(SocketEvent::Opened);
    assert!(matches!(
        sent(&effects)[..],
        [ClientMessage::Join {
            resume: None,
            media: Some(BOTH),
            ..
        }]
    ));
    let effects = visit.server(welcome(false, &["a", "b"]));
    for id in ["a", "b"] {
        assert!(matches!(
            commands(&effects, id)[..],
            [
                PeerCommand::Open {
                    generation: 1,
                    initiator: true,
                    ..
                },
                PeerCommand::Offer { ice_restart: false }
            ]
        ));
    }
    assert_eq!(visit.people(), ["a", "b"]);
    let effects = visit.peer(
        "b",
        1,
        PeerEvent::LocalOffer {
            sdp: "o".to_owned(),
        },
    );
    assert_eq!(
        effects,
        [Effect::Send(ClientMessage::Offer {
            target: peer("b"),
            sdp: "o".to_owned(),
            serial: Some(1)
        })]
    );
}

#[test]
fn a_refusal_leads_back_to_the_lobby_with_the_servers_words() {
    for code in [
        ErrorCode::RoomFull,
        ErrorCode::BadName,
        ErrorCode::BadRoom,
        ErrorCode::Unauthorized,
    ] {
        let mut visit = OneCall::default();
        visit.join();
        visit.socket(SocketEvent::Opened);
        assert_eq!(visit.error(code, true), [Effect::Disconnect]);
        let words = "words".to_owned();
        assert_eq!(problem(&visit), Some(&JoinProblem::Refused(code, words)));
        assert_eq!(visit.closed(1008), []);
    }
}

#[test]
fn a_socket_closed_by_policy_on_the_way_in_leads_back_to_the_lobby() {
    for code in [1008, 4003] {
        let mut visit = OneCall::default();
        visit.join();
        assert_eq!(visit.closed(code), [Effect::Disconnect], "{code}");
        assert_eq!(problem(&visit), Some(&JoinProblem::NotLetIn), "{code}");
    }
}

#[test]
fn an_unreachable_server_is_tried_four_times() {
    let mut visit = OneCall::default();
    visit.join();
    for _ in 0..3 {
        assert!(matches!(
            visit.closed(1006)[..],
            [Effect::Connect { after_ms: 1.. }]
        ));
    }
    assert_eq!(visit.closed(1006), [Effect::Disconnect]);
    assert_eq!(problem(&visit), Some(&JoinProblem::Unreachable));
}

#[test]
fn a_socket_that_never_opens_is_given_up_after_ten_seconds() {
    let mut visit = OneCall::default();
    visit.join();
    assert_eq!(visit.wait(9_750), []);
    assert_eq!(visit.wait(250), [Effect::Disconnect]);
    assert_eq!(problem(&visit), Some(&JoinProblem::Unreachable));
}

#[test]
fn a_join_is_given_up_when_the_server_has_had_its_time_to_answer_and_not_before() {
    let mut visit = OneCall::default();
    visit.join();
    assert_eq!(visit.wait(3_000), []);
    visit.socket(SocketEvent::Opened);
    assert_eq!(visit.wait(10_750), []);
    assert_eq!(visit.wait(250), [Effect::Disconnect]);
    assert_eq!(problem(&visit), Some(&JoinProblem::Unreachable));
}

#[test]
fn whoever_is_told_late_that_it_is_their_turn_is_in() {
    let mut visit = OneCall::default();
    visit.join();
    visit.socket(SocketEvent::Opened);
    assert_eq!(visit.error(ErrorCode::NotJoined, false), []);
    assert_eq!(visit.wait(10_000), []);
    visit.server(welcome(false, &["a"]));
    assert_eq!(visit.people(), ["a"]);
}

#[test]
fn a_join_that_did_not_arrive_in_time_is_said_again_on_another_socket() {
    let mut visit = OneCall::default();
    visit.join();
    visit.socket(SocketEvent::Opened);
    assert_eq!(visit.wait(8_000), []);
    assert!(matches!(
        visit.error(ErrorCode::NotJoined, true)[..],
        [Effect::Connect { after_ms: 1.. }]
    ));
    let effects = visit.socket(SocketEvent::Opened);
    assert!(matches!(sent(&effects)[..], [ClientMessage::Join { .. }]));
}

#[test]
fn no_further_socket_is_tried_after_ten_seconds() {
    let mut visit = OneCall::default();
    visit.join();
    visit.socket(SocketEvent::Opened);
    assert_eq!(visit.wait(10_000), []);
    assert_eq!(visit.closed(1006), [Effect::Disconnect]);
    assert_eq!(problem(&visit), Some(&JoinProblem::Unreachable));
}

#[test]
fn a_change_of_mind_on_the_way_in_leads_back_to_the_lobby() {
    let mut visit = OneCall::default();
    visit.join();
    let effects = visit.act(CallAction::Leave);
    assert_eq!(effects.last(), Some(&Effect::Disconnect));
    assert_eq!(problem(&visit), None);
    assert_eq!(visit.socket(SocketEvent::Opened), [Effect::Disconnect]);
}

#[test]
fn a_server_that_lies_about_the_room_cannot_make_it_grow_or_list_anyone_twice() {
    let mut visit = OneCall::default();
    visit.join();
    let mut peers = vec![info("me"), info("a"), info("a")];
    peers.extend((0..5_000).map(|number| info(&format!("p{number}"))));
    peers[1].name = "\u{202e}".repeat(100);
    let crowd = crate::protocol::ServerMessage::Welcome {
        peer: PeerId::new("me"),
        resume: crate::protocol::ResumeToken::new("t"),
        resumed: true,
        room: "another".to_owned(),
        peers,
        ice_servers: Vec::new(),
        ice_transport_policy: crate::protocol::IceTransportPolicy::All,
        limits: crate::protocol::Limits {
            room_capacity: u32::MAX,
            ..limits()
        },
        recovering: true,
        sfu: None,
    };
    visit.server(crowd);
    let people = visit.people();
    assert_eq!(people.len(), 1_000);
    assert_eq!(people[..2], ["a", "p0"]);
    assert_eq!(visit.person("a").name.as_str(), "a");
}

#[test]
fn people_of_one_name_are_told_apart_in_the_order_in_which_they_came() {
    let mut visit = OneCall::default();
    visit.join();
    visit.socket(SocketEvent::Opened);
    visit.server(all_called("Ada", welcome(false, &["a", "b"])));
    assert_eq!(shown(&visit), ["Ada 3", "Ada", "Ada 2"]);
    visit.server(ServerMessage::PeerJoined {
        peer: peer("c"),
        name: "Аda\u{200b}".to_owned(),
        media: MediaState::default(),
        kind: ParticipantKind::Person,
        sfu: None,
    });
    assert_eq!(shown(&visit), ["Ada 3", "Ada", "Ada 2", "Аda 4"]);
    visit.left("a", DepartureReason::Left);
    assert_eq!(
        shown(&visit),
        ["Ada 3", "Ada 2", "Аda 4"],
        "nobody is renamed"
    );
}

#[test]
fn who_comes_back_does_so_under_the_name_they_gave() {
    let mut visit = OneCall::default();
    visit.join();
    visit.socket(SocketEvent::Opened);
    visit.server(all_called("Ada", welcome(false, &["a"])));
    assert_eq!(shown(&visit)[0], "Ada 2");
    visit.closed(1006);
    let effects = visit.socket(SocketEvent::Opened);
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Join { name, .. }] if name == "Ada"),
        "{effects:?}"
    );
    visit.server(all_called("Ada", welcome(true, &["a"])));
    assert_eq!(shown(&visit), ["Ada 2", "Ada"]);
    visit.act(CallAction::Leave);
    assert!(matches!(&visit.state, RoomState::Left(departure) if departure.name.as_str() == "Ada"));
}

#[test]
fn somebody_whose_name_cannot_be_seen_is_called_as_the_server_calls_them() {
    let mut visit = OneCall::default();
    visit.join();
    visit.socket(SocketEvent::Opened);
    visit.server(all_called("\u{3164}\u{200b}", welcome(false, &["a"])));
    assert_eq!(shown(&visit), ["Ada", "a"]);
}
