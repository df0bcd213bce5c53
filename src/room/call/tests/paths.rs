//! Paths that break, event by event.

use super::*;
use crate::protocol::{DepartureReason, MediaState, ParticipantKind, ServerMessage};
use crate::room::call::event::{CallAction, Event, SocketEvent};
use crate::room::call::state::RoomState;
use crate::room::context::Context;
use crate::room::moment::Moment;
use crate::room::path::command::{PeerCommand, Pictures, Route};
use crate::room::path::diagnosis::{Pair, PathFailure};
use crate::room::path::report::ConnectionState;
use crate::room::path::stall::Awaited;
use crate::room::path::state::PathState;
use crate::room::sending::view::ViewSize;
use crate::room::testing::fixture::{BOTH, OneCall, commands, notices, peer, welcome};

fn report(visit: &mut OneCall, state: ConnectionState) -> Vec<Effect> {
    visit.peer("a", 1, PeerEvent::Connection(state))
}

#[test]
fn a_short_interruption_is_shown_and_passes() {
    let mut visit = OneCall::connected(&["a"]);
    report(&mut visit, ConnectionState::Disconnected);
    assert_eq!(visit.link("a"), PathState::Interrupted(Moment(0)));
    visit.wait(1_500);
    report(&mut visit, ConnectionState::Connected);
    assert_eq!(visit.link("a"), PathState::Connected);
    assert_eq!(visit.wait(60_000), []);
}

#[test]
fn a_failed_path_is_repaired_and_shown_as_failed_when_nothing_helps() {
    let mut visit = OneCall::connected(&["a"]);
    report(&mut visit, ConnectionState::Failed);
    let effects = visit.wait(250);
    assert_eq!(
        commands(&effects, "a"),
        [&PeerCommand::Offer { ice_restart: true }]
    );
    let effects = visit.wait(40_000);
    assert_eq!(visit.link("a"), PathState::Failed(PathFailure::NoAnswer));
    assert_eq!(notices(&effects), [&Notice::Unreachable(peer("a"))]);
}

#[test]
fn repairs_wait_for_somebody_who_is_away() {
    let mut visit = OneCall::connected(&["a"]);
    report(&mut visit, ConnectionState::Failed);
    visit.server(ServerMessage::PeerAway { peer: peer("a") });
    assert_eq!(visit.wait(10_000), []);
    visit.server(ServerMessage::PeerBack { peer: peer("a") });
    let effects = visit.wait(250);
    assert_eq!(
        commands(&effects, "a"),
        [&PeerCommand::Offer { ice_restart: true }]
    );
}

#[test]
fn strangers_and_the_departed_are_not_listened_to() {
    let mut visit = OneCall::connected(&["a"]);
    visit.left("a", DepartureReason::Left);
    for id in ["a", "stranger"] {
        let from = peer(id);
        let offer = ServerMessage::Offer {
            from: from.clone(),
            sdp: "offer".to_owned(),
            serial: None,
        };
        assert_eq!(visit.server(offer), []);
        let candidate = ServerMessage::IceCandidate {
            from,
            candidate: None,
        };
        assert_eq!(visit.server(candidate), []);
        assert_eq!(visit.peer(id, 1, PeerEvent::NegotiationNeeded), []);
    }
}

/// In a call with somebody who sends, and from whom everything arrived until 1 s.
fn hearing(visit: &mut OneCall) {
    visit.server(ServerMessage::PeerMedia {
        peer: peer("a"),
        media: BOTH,
    });
    for bytes in [1_000, 2_000] {
        visit.wait(500);
        measure(visit, bytes);
    }
}

/// A measurement, by somebody who watches the camera.
fn measure(visit: &mut OneCall, count: u64) -> Vec<Effect> {
    let awaited = visit.person("a").awaited(ViewSize::Large);
    visit.peer("a", 1, PeerEvent::Received { count, awaited })
}

/// Whether what arrives from `a` is counted while this much of their camera is watched.
fn is_listened_for(visit: &OneCall, camera: ViewSize) -> bool {
    let awaited = visit.person("a").awaited(camera);
    visit.path("a").is_listened_on(awaited)
}

/// Lets time pass in which nothing arrives; what happened meanwhile, with when.
fn silence(visit: &mut OneCall, until_ms: u64) -> Vec<(u64, Effect)> {
    let mut effects = Vec::new();
    while visit.now < until_ms {
        let mut fresh = visit.wait(250);
        if visit.now.is_multiple_of(500) {
            fresh.extend(measure(visit, 2_000));
        }
        if !visit.server_is_mute && fresh.contains(&Effect::Send(ClientMessage::IceServers)) {
            fresh.extend(visit.answer_question());
        }
        let now = visit.now;
        effects.extend(fresh.into_iter().map(|effect| (now, effect)));
    }
    effects
}

fn restarts(effects: &[(u64, Effect)]) -> Vec<u64> {
    let restart = PeerCommand::Offer { ice_restart: true };
    effects
        .iter()
        .filter(|(_, effect)| matches!(effect, Effect::Path { command, .. } if *command == restart))
        .map(|(at, _)| *at)
        .collect()
}

#[test]
fn silence_is_repaired_within_one_and_a_half_seconds_though_the_browser_says_nothing() {
    let mut visit = OneCall::connected(&["a"]);
    hearing(&mut visit);
    let effects = silence(&mut visit, 2_500);
    assert_eq!(visit.link("a"), PathState::Interrupted(Moment(2_000)));
    assert_eq!(restarts(&effects), [2_250]);
}

#[test]
fn whoever_sends_nothing_is_left_in_peace() {
    let mut visit = OneCall::connected(&["a"]);
    hearing(&mut visit);
    visit.server(ServerMessage::PeerMedia {
        peer: peer("a"),
        media: MediaState::default(),
    });
    assert_eq!(silence(&mut visit, 9_000), []);
    assert_eq!(visit.link("a"), PathState::Connected);
}

#[test]
fn somebody_paged_away_while_it_is_quiet_is_listened_for_until_that_is_over() {
    let mut visit = OneCall::connected(&["a"]);
    visit.server(ServerMessage::PeerMedia {
        peer: peer("a"),
        media: MediaState {
            video: true,
            ..MediaState::default()
        },
    });
    for _ in 0..2 {
        visit.wait(500);
        measure(&mut visit, 1_000);
    }
    assert_eq!(visit.path("a").pictures(), Pictures::Held);
    assert!(is_listened_for(&visit, ViewSize::Hidden));

    visit.wait(500);
    let awaited = visit.person("a").awaited(ViewSize::Hidden);
    let count = 1_000;
    let effects = visit.peer("a", 1, PeerEvent::Received { count, awaited });
    let flow = PeerCommand::SetPictures(Pictures::Flowing);
    assert_eq!((effects.len(), commands(&effects, "a")), (1, vec![&flow]));
    assert_eq!(visit.path("a").pictures(), Pictures::Flowing);
    assert!(!is_listened_for(&visit, ViewSize::Hidden));
}

#[test]
fn in_a_blackout_nothing_is_restarted_and_the_first_sound_ends_it() {
    let mut visit = OneCall::connected(&["a"]);
    hearing(&mut visit);
    visit.server_is_mute = true;
    let effects = silence(&mut visit, 5_000);
    assert_eq!(restarts(&effects), Vec::<u64>::new());
    assert!(effects.contains(&(2_500, Effect::Connect { after_ms: 0 })));
    measure(&mut visit, 2_500);
    assert_eq!(visit.link("a"), PathState::Connected);
    visit.server_is_mute = false;
    visit.socket(SocketEvent::Opened);
    let effects = visit.server(welcome(true, &["a"]));
    assert_eq!(commands(&effects, "a"), Vec::<&PeerCommand>::new());
}

#[test]
fn whoever_comes_back_from_another_address_repairs_at_once() {
    let mut visit = OneCall::connected(&["a"]);
    hearing(&mut visit);
    visit.server_is_mute = true;
    silence(&mut visit, 2_500);
    visit.server_is_mute = false;
    visit.socket(SocketEvent::Opened);
    visit.server(welcome(true, &["a"]));
    assert_eq!(
        commands(&visit.wait(250), "a"),
        [&PeerCommand::Offer { ice_restart: true }]
    );
}

fn candidate(kind: &str) -> IceCandidate {
    IceCandidate {
        candidate: ["candidate:1 1 udp 1 198.18.0.1 9 typ ", kind].concat(),
        ..IceCandidate::default()
    }
}

/// Carries the offer that is under way through to a connection that does not come up.
fn agree(visit: &mut OneCall, serial: u32) {
    let sdp = || "sdp".to_owned();
    visit.peer("a", 1, PeerEvent::LocalOffer { sdp: sdp() });
    visit.server(ServerMessage::Answer {
        from: peer("a"),
        sdp: sdp(),
        serial: Some(serial),
    });
    visit.peer("a", 1, PeerEvent::AnswerApplied);
}

#[test]
fn the_relay_alone_is_tried_late_and_only_where_there_is_one() {
    for (url, routes) in [
        ("stun:a.example", &[][..]),
        ("turn:a.example", &[(12_250, Route::Relayed)]),
    ] {
        let mut visit = OneCall::connected(&["a"]);
        visit.server(ServerMessage::IceServers {
            ice_servers: vec![crate::room::testing::fixture::ice_server(url)],
        });
        report(&mut visit, ConnectionState::Failed);
        let (mut serial, mut set) = (1, Vec::new());
        while visit.now < 17_000 {
            let effects = visit.wait(250);
            for command in commands(&effects, "a") {
                match command {
                    PeerCommand::SetRoute(route) => set.push((visit.now, *route)),
                    PeerCommand::Offer { .. } => serial += 1,
                    _ => {}
                }
            }
            agree(&mut visit, serial);
        }
        assert_eq!(set, routes);
    }
}

#[test]
fn a_first_connection_that_fails_says_where_it_stopped() {
    type Story = fn(&mut OneCall);
    let stories: [(Story, PathFailure); 4] = [
        (|_| {}, PathFailure::NoAnswer),
        (
            |visit| {
                agree(visit, 1);
                visit.peer("a", 1, PeerEvent::Candidate(Some(candidate("host"))));
            },
            PathFailure::NoRelay,
        ),
        (|visit| drop(visit.closed(1006)), PathFailure::Offline),
        (
            |visit| drop(visit.server(ServerMessage::PeerAway { peer: peer("a") })),
            PathFailure::TheyAreAway,
        ),
    ];
    for (story, failure) in stories {
        let mut visit = OneCall::joined(&["a"]);
        story(&mut visit);
        // Without ticks, for nobody here carries repairs out.
        visit.now = 30_000;
        visit.feed(crate::room::Event::Tick);
        assert_eq!(visit.link("a"), PathState::Failed(failure));
    }
}

#[test]
fn the_stage_follows_the_browser() {
    let mut visit = OneCall::joined(&["a"]);
    let mut stages = vec![visit.path("a").stage()];
    let sdp = || "sdp".to_owned();
    let received = |count| PeerEvent::Received {
        count,
        awaited: Awaited::Something,
    };
    visit.peer("a", 1, PeerEvent::LocalOffer { sdp: sdp() });
    visit.server(ServerMessage::Answer {
        from: peer("a"),
        sdp: sdp(),
        serial: Some(1),
    });
    for event in [
        PeerEvent::AnswerApplied,
        PeerEvent::Candidate(Some(candidate("host"))),
        PeerEvent::Pair(Pair::Found),
        PeerEvent::Connection(ConnectionState::Connected),
        received(1),
        received(2),
    ] {
        visit.peer("a", 1, event);
        stages.push(visit.path("a").stage());
    }
    use crate::room::ConnectionStage::*;
    assert_eq!(
        stages,
        [
            Signaling,
            Gathering,
            Checking,
            Handshake,
            FirstMedia,
            FirstMedia,
            Established
        ]
    );
}

#[test]
fn who_tries_again_gets_another_connection() {
    let mut visit = OneCall::connected(&["a"]);
    report(&mut visit, ConnectionState::Failed);
    visit.wait(40_000);
    assert!(matches!(visit.link("a"), PathState::Failed(_)));
    visit.act(CallAction::TryAgain(peer("a")));
    assert_eq!(visit.link("a"), PathState::Connecting(Moment(visit.now)));
    let effects = visit.wait(250);
    assert!(matches!(
        commands(&effects, "a")[..],
        [
            PeerCommand::Close,
            PeerCommand::Open { .. },
            PeerCommand::Offer { .. }
        ]
    ));
}

#[test]
fn somebody_without_a_path_is_in_the_room_all_the_same_and_gets_one_by_offering() {
    let mut visit = OneCall::joined(&["a", "b"]);
    let RoomState::Joined(call) = &mut visit.state else {
        panic!("joined");
    };
    let context = Context {
        now: Moment(0),
        chance: 1.0,
    };
    let mut turn = Turn::new(context, MediaState::default());
    close(call, &peer("a"), &mut turn);
    let effects = visit.wait(60_000);
    assert_eq!(commands(&effects, "a"), Vec::<&PeerCommand>::new());
    visit.server(ServerMessage::PeerMedia {
        peer: peer("a"),
        media: BOTH,
    });
    visit.server(ServerMessage::PeerAway { peer: peer("a") });
    visit.server(ServerMessage::PeerBack { peer: peer("a") });
    visit.act(CallAction::TryAgain(peer("a")));
    visit.act(CallAction::FindNewWays);
    assert_eq!(visit.person("a").media, BOTH);
    assert_eq!(visit.person("a").direct, None);
    let effects = visit.server(ServerMessage::Offer {
        from: peer("a"),
        sdp: "offer".to_owned(),
        serial: Some(1),
    });
    assert!(matches!(
        commands(&effects, "a")[..],
        [
            PeerCommand::Open {
                initiator: false,
                ..
            },
            PeerCommand::AcceptOffer { .. }
        ]
    ));
    assert_ne!(visit.path("a").id(), visit.path("b").id());
    visit.left("a", DepartureReason::Left);
    assert_eq!(visit.people(), ["b"]);
}

#[test]
fn what_a_connection_of_a_former_call_reports_is_about_a_path_that_nobody_knows() {
    let mut visit = OneCall::connected(&["a"]);
    let former = visit.path("a").id();
    visit.act(CallAction::Leave);
    visit.now = 1;
    visit.join();
    visit.socket(SocketEvent::Opened);
    visit.server(welcome(false, &["a"]));
    visit.feed(Event::Path {
        path: former,
        generation: 1,
        event: PeerEvent::Connection(ConnectionState::Connected),
    });
    assert!(matches!(visit.link("a"), PathState::Connecting(_)));
}

/// A description of connection `author`, with so many media sections.
fn sections(author: &str, count: usize) -> String {
    let section = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n";
    let head = format!("o=- {author} 2 IN IP4 0.0.0.0\r\na=fingerprint:sha-256 {author}\r\n");
    [head, section.repeat(count)].concat()
}

fn offer(id: &str, sdp: String, serial: u32) -> ServerMessage {
    ServerMessage::Offer {
        from: peer(id),
        sdp,
        serial: Some(serial),
    }
}

fn come(visit: &mut OneCall, id: &str) {
    visit.server(ServerMessage::PeerJoined {
        peer: peer(id),
        name: id.to_owned(),
        media: MediaState::default(),
        kind: ParticipantKind::Person,
        sfu: None,
    });
}

/// The descriptions among the effects, and for whom they are.
fn described(effects: &[Effect]) -> Vec<&PeerId> {
    let messages = effects.iter().filter_map(|effect| match effect {
        Effect::Send(message) => Some(message),
        _ => None,
    });
    messages
        .filter_map(|message| match message {
            ClientMessage::Offer { target, .. } | ClientMessage::Answer { target, .. } => {
                Some(target)
            }
            _ => None,
        })
        .collect()
}

#[test]
fn an_offer_of_too_many_sections_is_not_applied_and_fails_only_who_makes_it() {
    let mut visit = OneCall::connected(&["a"]);
    come(&mut visit, "b");
    for serial in 0..100 {
        let effects = visit.server(offer("b", sections("1", 180), serial));
        assert_eq!(effects, []);
    }
    assert_eq!(visit.link("b"), PathState::Failed(PathFailure::Excessive));
    assert_eq!(visit.link("a"), PathState::Connected);
    assert_eq!(visit.wait(120_000), [], "nothing is tried again by itself");
    let effects = visit.server(offer("b", sections("1", 8), 100));
    let commands = commands(&effects, "b");
    assert!(matches!(
        commands[..],
        [PeerCommand::Open { .. }, PeerCommand::AcceptOffer { .. }]
    ));
    assert_eq!(visit.link("b"), PathState::Connecting(Moment(visit.now)));
}

#[test]
fn in_a_call_that_works_an_offer_of_too_many_sections_changes_nothing() {
    let mut visit = OneCall::connected(&["a"]);
    assert_eq!(visit.server(offer("a", sections("1", 9), 1)), []);
    assert_eq!(visit.link("a"), PathState::Connected);
    assert!(visit.path("a").is_settled());
}

#[test]
fn an_answer_of_too_many_sections_ends_the_connection_until_the_user_tries_again() {
    let mut visit = OneCall::joined(&["a"]);
    let sdp = "offer".to_owned();
    visit.peer("a", 1, PeerEvent::LocalOffer { sdp });
    let answer = ServerMessage::Answer {
        from: peer("a"),
        sdp: sections("1", 180),
        serial: Some(1),
    };
    let effects = visit.server(answer);
    assert_eq!(commands(&effects, "a"), [&PeerCommand::Close]);
    assert_eq!(visit.link("a"), PathState::Failed(PathFailure::Excessive));
    assert_eq!(visit.wait(120_000), []);
    visit.closed(1006);
    visit.socket(SocketEvent::Opened);
    let effects = visit.server(welcome(true, &["a"]));
    assert_eq!(commands(&effects, "a"), Vec::<&PeerCommand>::new());
    assert_eq!(described(&effects), Vec::<&PeerId>::new());
    visit.act(CallAction::TryAgain(peer("a")));
    let effects = visit.wait(250);
    assert!(matches!(
        commands(&effects, "a")[..],
        [PeerCommand::Open { .. }, PeerCommand::Offer { .. }]
    ));
}

#[test]
fn what_is_longer_than_the_server_allows_is_not_sent_and_fails_that_connection_alone() {
    let mut visit = OneCall::connected(&["a"]);
    come(&mut visit, "b");
    visit.server(offer("b", sections("1", 5), 1));
    let answer = |bytes: usize| PeerEvent::LocalAnswer {
        sdp: "x".repeat(bytes),
    };
    let effects = visit.peer("b", 1, answer(65_536));
    assert_eq!(commands(&effects, "b"), [&PeerCommand::Close]);
    assert_eq!(described(&effects), Vec::<&PeerId>::new());
    assert_eq!(visit.link("b"), PathState::Failed(PathFailure::Excessive));
    assert_eq!(visit.link("a"), PathState::Connected);
    let effects = visit.server(offer("b", sections("1", 5), 1));
    assert_eq!(commands(&effects, "b").len(), 2, "it may offer anew");
    let effects = visit.peer("b", 2, answer(60_000));
    assert_eq!(described(&effects), [&peer("b")]);
}

#[test]
fn what_the_socket_was_closed_for_is_not_said_again() {
    let mut visit = OneCall::joined(&["a", "b"]);
    let described_as = |bytes: usize| PeerEvent::LocalOffer {
        sdp: "x".repeat(bytes),
    };
    visit.peer("b", 1, described_as(1_000));
    let effects = visit.peer("a", 1, described_as(60_000));
    assert_eq!(described(&effects), [&peer("a")]);
    let mut said = Vec::new();
    for _ in 0..20 {
        let mut effects = visit.closed(1009);
        visit.socket(SocketEvent::Opened);
        effects.extend(visit.server(welcome(true, &["a", "b"])));
        said.extend(described(&effects).into_iter().cloned());
    }
    assert_eq!(
        said,
        [peer("b")],
        "each is said once more at most, the longest never"
    );
    for id in ["a", "b"] {
        assert_eq!(visit.link(id), PathState::Failed(PathFailure::Excessive));
    }
}

#[test]
fn who_offers_ever_new_connections_gets_one_a_second_and_keeps_nobody_waiting() {
    let mut visit = OneCall::joined(&[]);
    come(&mut visit, "b");
    come(&mut visit, "c");
    let opens = |effects: &[Effect], id: &str| {
        let commands = commands(effects, id).into_iter();
        commands
            .filter(|command| matches!(command, PeerCommand::Open { .. }))
            .count()
    };
    let mut flooded = 0;
    for serial in 0..900 {
        let author = format!("flood{serial}");
        let effects = visit.server(offer("b", sections(&author, 5), serial));
        flooded += opens(&effects, "b");
        if serial == 450 {
            let effects = visit.server(offer("c", sections("honest", 5), 1));
            assert_eq!(opens(&effects, "c"), 1);
        }
        let effects = visit.wait(10);
        flooded += opens(&effects, "b");
    }
    assert!((9..=11).contains(&flooded), "{flooded} connections in 9 s");
    let effects = visit.wait(1_000);
    let newest = sections("flood899", 5);
    assert!(commands(&effects, "b").contains(&&PeerCommand::AcceptOffer { sdp: newest }));
}
