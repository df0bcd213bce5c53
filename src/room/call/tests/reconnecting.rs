//! Outages, departures and coming back, event by event.

use super::*;
use crate::protocol::{MediaState, ParticipantKind, ResumeToken, ServerMessage};
use crate::room::call::event::{CallAction, Event, SocketEvent};
use crate::room::call::person::Presence;
use crate::room::notice::Occasion;
use crate::room::path::command::PeerCommand;
use crate::room::path::report::PeerEvent;
use crate::room::path::state::PathState;
use crate::room::testing::fixture::{BOTH, OneCall, commands, info, notices, peer, sent, welcome};

fn cause(visit: &OneCall) -> &DepartureCause {
    match &visit.state {
        RoomState::Left(departure) => &departure.reason,
        state => panic!("still there: {state:?}"),
    }
}

fn resumed(others: &[&str], recovering: bool) -> ServerMessage {
    match welcome(true, others) {
        ServerMessage::Welcome {
            peer,
            resume,
            resumed,
            room,
            peers,
            ice_servers,
            ice_transport_policy,
            limits,
            ..
        } => ServerMessage::Welcome {
            peer,
            resume,
            resumed,
            room,
            peers,
            ice_servers,
            ice_transport_policy,
            limits,
            recovering,
            sfu: None,
        },
        other => other,
    }
}

#[test]
fn a_lost_socket_leaves_every_connection_alone_and_the_seat_is_asked_back() {
    let mut visit = OneCall::connected(&["a"]);
    assert!(matches!(
        visit.closed(1006)[..],
        [Effect::Connect { after_ms: 1..=250 }]
    ));
    let effects = visit.socket(SocketEvent::Opened);
    assert!(matches!(
        sent(&effects)[..],
        [ClientMessage::Join { resume: Some(token), .. }] if *token == ResumeToken::new("first")
    ));
    let effects = visit.server(resumed(&["a"], false));
    assert!(matches!(
        sent(&effects)[..],
        [
            ClientMessage::Media(_),
            ClientMessage::Hand { raised: false }
        ]
    ));
    assert_eq!(commands(&effects, "a"), Vec::<&PeerCommand>::new());
    assert_eq!(notices(&effects), Vec::<&Notice>::new());
    assert_eq!(visit.link("a"), PathState::Connected);
    visit.closed(1006);
    let effects = visit.socket(SocketEvent::Opened);
    assert!(matches!(
        sent(&effects)[..],
        [ClientMessage::Join { resume: Some(token), .. }] if *token == ResumeToken::new("second")
    ));
}

#[test]
fn only_an_outage_that_was_shown_is_said_to_be_over() {
    let mut visit = OneCall::connected(&["a"]);
    visit.closed(1012);
    visit.wait(4_000);
    visit.socket(SocketEvent::Opened);
    let effects = visit.server(resumed(&["a"], false));
    assert_eq!(notices(&effects), [&Notice::BackOnline]);
}

#[test]
fn what_changed_during_the_outage_is_said_afterwards() {
    let mut visit = OneCall::connected(&["a"]);
    visit.closed(1006);
    visit.sent = BOTH;
    visit.feed(Event::SentMedia);
    visit.act(CallAction::SetHand(Hand::Raised));
    visit.socket(SocketEvent::Opened);
    let effects = visit.server(resumed(&["a"], false));
    assert_eq!(
        sent(&effects),
        [
            &ClientMessage::Media(BOTH),
            &ClientMessage::Hand { raised: true }
        ]
    );
}

#[test]
fn after_a_restart_the_missing_are_awaited_and_keep_their_connection() {
    let mut visit = OneCall::connected(&["a", "b"]);
    visit.closed(1012);
    visit.socket(SocketEvent::Opened);
    let effects = visit.server(resumed(&[], true));
    assert_eq!(commands(&effects, "a"), Vec::<&PeerCommand>::new());
    assert!(matches!(visit.person("a").presence, Presence::Away(_)));
    let effects = visit.server(ServerMessage::PeerJoined {
        peer: peer("a"),
        name: "Name of a".to_owned(),
        media: MediaState::default(),
        kind: ParticipantKind::Person,
        sfu: None,
    });
    assert_eq!(effects, []);
    assert_eq!(visit.person("a").presence, Presence::Here);
    let effects = visit.wait(40_000);
    assert_eq!(commands(&effects, "b"), [&PeerCommand::Close]);
    assert_eq!(visit.people(), ["a"]);
}

#[test]
fn those_who_left_during_an_outage_are_gone_and_those_who_came_will_offer() {
    let mut visit = OneCall::connected(&["a"]);
    visit.closed(1006);
    visit.socket(SocketEvent::Opened);
    let effects = visit.server(resumed(&["c"], false));
    assert_eq!(commands(&effects, "a"), [&PeerCommand::Close]);
    assert_eq!(commands(&effects, "c"), Vec::<&PeerCommand>::new());
    assert_eq!(
        notices(&effects),
        [
            &Notice::of(Occasion::Went, crate::room::testing::fixture::name("a")),
            &Notice::of(Occasion::Came, crate::room::testing::fixture::name("c"))
        ]
    );
    let effects = visit.server(ServerMessage::Offer {
        from: peer("c"),
        sdp: "offer".to_owned(),
        serial: Some(1),
    });
    assert!(matches!(
        commands(&effects, "c")[..],
        [
            PeerCommand::Open {
                initiator: false,
                ..
            },
            PeerCommand::AcceptOffer { .. }
        ]
    ));
}

#[test]
fn somebody_unknown_who_waits_for_an_offer_gets_one() {
    let mut visit = OneCall::connected(&["a"]);
    visit.closed(1012);
    visit.socket(SocketEvent::Opened);
    visit.server(resumed(&["a", "c"], true));
    assert_eq!(
        commands(&visit.wait(2_500), "c"),
        Vec::<&PeerCommand>::new()
    );
    assert!(matches!(
        commands(&visit.wait(1_000), "c")[..],
        [
            PeerCommand::Open {
                initiator: true,
                ..
            },
            PeerCommand::Offer { .. }
        ]
    ));
}

#[test]
fn another_seat_means_starting_afresh() {
    let mut visit = OneCall::connected(&["a"]);
    visit.act(CallAction::SetHand(Hand::Raised));
    visit.closed(1006);
    visit.socket(SocketEvent::Opened);
    let effects = visit.server(welcome(false, &["a"]));
    assert!(matches!(
        commands(&effects, "a")[..],
        [
            PeerCommand::Close,
            PeerCommand::Open {
                initiator: true,
                ..
            },
            PeerCommand::Offer { .. }
        ]
    ));
    assert!(sent(&effects).contains(&&ClientMessage::Hand { raised: true }));
}

#[test]
fn an_offer_lost_in_an_outage_is_said_again_under_the_same_number() {
    let mut visit = OneCall::joined(&["a"]);
    visit.closed(1006);
    let lost = visit.peer(
        "a",
        1,
        PeerEvent::LocalOffer {
            sdp: "offer".to_owned(),
        },
    );
    visit.socket(SocketEvent::Opened);
    let effects = visit.server(resumed(&["a"], false));
    assert!(sent(&effects).contains(&sent(&lost)[0]));
}

#[test]
fn the_wait_grows_until_the_user_or_the_network_asks_for_now() {
    let mut visit = OneCall::connected(&[]);
    let waits: Vec<Effect> = (0..4).flat_map(|_| visit.closed(1006)).collect();
    let expected = [250, 500, 1_000, 1_500].map(|after_ms| Effect::Connect { after_ms });
    assert_eq!(waits, expected);
    assert_eq!(
        visit.act(CallAction::RetryNow),
        [Effect::Connect { after_ms: 0 }]
    );
    assert_eq!(visit.closed(1006), [Effect::Connect { after_ms: 500 }]);
    assert_eq!(
        visit.socket(SocketEvent::NetworkChanged),
        [Effect::Connect { after_ms: 0 }]
    );
}

#[test]
fn a_socket_that_does_not_open_is_replaced_soon_and_one_on_which_nobody_answers_in_time() {
    let mut visit = OneCall::connected(&[]);
    visit.closed(1006);
    let effects = visit.wait(3_000);
    assert!(matches!(effects[..], [Effect::Connect { .. }]));
    visit.socket(SocketEvent::Opened);
    let effects = visit.wait(2_500);
    assert!(matches!(effects[..], [Effect::Connect { .. }]));
    visit.now = 40_000;
    visit.socket(SocketEvent::Opened);
    assert_eq!(
        visit.wait(10_750),
        [],
        "their seat is gone, and others wait"
    );
    let effects = visit.wait(250);
    assert!(matches!(effects[..], [Effect::Connect { .. }]));
}

#[test]
fn who_was_inside_and_finds_no_place_asks_again_and_still_counts_as_reconnecting() {
    let mut visit = OneCall::connected(&["a"]);
    visit.closed(1012);
    let since = visit.now;
    for after_ms in [500, 1_000, 1_500] {
        visit.now += 2_000;
        visit.socket(SocketEvent::Opened);
        assert_eq!(
            visit.error(ErrorCode::RoomFull, false),
            [Effect::Connect { after_ms }]
        );
        assert!(
            matches!(visit.state, RoomState::Reconnecting(_, outage) if outage.since == Moment(since))
        );
        assert_eq!(visit.link("a"), PathState::Connected);
    }
    let effects = visit.socket(SocketEvent::Opened);
    assert!(matches!(
        sent(&effects)[..],
        [ClientMessage::Join { resume: Some(token), .. }] if *token == ResumeToken::new("first")
    ));
    let effects = visit.server(welcome(false, &["a"]));
    assert_eq!(notices(&effects), [&Notice::BackOnline]);
    assert!(matches!(visit.state, RoomState::Joined(_)));
}

#[test]
fn a_room_that_stays_full_is_given_up_like_a_server_that_stays_away() {
    let mut visit = OneCall::connected(&[]);
    visit.closed(1006);
    while let RoomState::Reconnecting(..) = visit.state {
        assert!(visit.now <= 601_000);
        visit.socket(SocketEvent::Opened);
        visit.error(ErrorCode::RoomFull, false);
        visit.wait(5_000);
    }
    assert_eq!(*cause(&visit), DepartureCause::ServerGone);
}

#[test]
fn what_is_said_while_one_waits_to_be_let_in_again_ends_nothing() {
    let mut visit = OneCall::connected(&["a"]);
    visit.closed(1006);
    visit.socket(SocketEvent::Opened);
    visit.act(CallAction::SetHand(Hand::Raised));
    assert_eq!(visit.error(ErrorCode::NotJoined, false), []);
    visit.server(welcome(false, &["a"]));
    assert!(matches!(visit.state, RoomState::Joined(_)));
    visit.closed(1006);
    visit.socket(SocketEvent::Opened);
    assert_eq!(
        visit.error(ErrorCode::NotJoined, true),
        [Effect::Connect { after_ms: 500 }],
        "the join did not arrive in time"
    );
}

#[test]
fn a_socket_that_only_looks_open_is_replaced() {
    let mut visit = OneCall::connected(&[]);
    visit.server_is_mute = true;
    let effects = visit.wait(14_500);
    assert!(matches!(
        effects[..],
        [
            Effect::Send(ClientMessage::IceServers),
            Effect::Connect { after_ms: 0 }
        ]
    ));
    assert!(matches!(visit.state, RoomState::Reconnecting(..)));
}

#[test]
fn a_hand_that_was_lowered_on_a_dead_socket_is_lowered_for_the_others_too() {
    let mut visit = OneCall::connected(&["a"]);
    visit.act(CallAction::SetHand(Hand::Raised));
    // The socket is dead already, but nobody knows: this is lost.
    visit.act(CallAction::SetHand(Hand::Lowered));
    visit.closed(1006);
    visit.socket(SocketEvent::Opened);
    let effects = visit.server(resumed(&["a"], false));
    assert!(sent(&effects).contains(&&ClientMessage::Hand { raised: false }));
}

#[test]
fn a_server_that_stays_away_for_ten_minutes_is_given_up() {
    let mut visit = OneCall::connected(&["a"]);
    visit.closed(1006);
    visit.wait(599_000);
    assert!(matches!(visit.state, RoomState::Reconnecting(..)));
    visit.wait(2_000);
    assert_eq!(*cause(&visit), DepartureCause::ServerGone);
}

#[test]
fn fresh_ice_servers_reach_open_connections_and_those_to_come() {
    let mut visit = OneCall::connected(&["a"]);
    let servers = vec![crate::room::testing::fixture::ice_server("stun:b.example")];
    let effects = visit.server(ServerMessage::IceServers {
        ice_servers: servers.clone(),
    });
    assert_eq!(
        commands(&effects, "a"),
        [&PeerCommand::SetIceServers(servers.clone())]
    );
    let newcomer = info("b");
    visit.server(ServerMessage::PeerJoined {
        peer: newcomer.peer,
        name: newcomer.name,
        media: newcomer.media,
        kind: ParticipantKind::Person,
        sfu: None,
    });
    let effects = visit.server(ServerMessage::Offer {
        from: peer("b"),
        sdp: "offer".to_owned(),
        serial: None,
    });
    assert!(matches!(
        commands(&effects, "b")[0],
        PeerCommand::Open { ice_servers, .. } if *ice_servers == servers
    ));
}
