//! Every deadline of the room, one by one: nothing happens a moment before it, and something does at it.

use crate::protocol::{DepartureReason, MediaState, ParticipantKind, ServerMessage};
use crate::room::call::effect::Effect;
use crate::room::call::event::{CallAction, Event, SocketEvent};
use crate::room::call::state::RoomState;
use crate::room::moment::Moment;
use crate::room::path::command::PeerCommand;
use crate::room::path::report::{ConnectionState, PeerEvent};
use crate::room::testing::deadline::{self, Look};
use crate::room::testing::fixture::{OneCall, commands, peer, welcome};

/// What happened before, and when the next tick is needed then.
struct Case {
    what: &'static str,
    before: fn() -> OneCall,
    due: u64,
}

fn joining() -> OneCall {
    let mut visit = OneCall {
        now: 100,
        ..OneCall::default()
    };
    visit.join();
    visit
}

fn reconnecting() -> OneCall {
    let mut visit = OneCall::connected(&["a"]);
    visit.closed(1006);
    visit
}

/// Somebody came while we were away, so that it is unclear who offers.
fn unclear() -> OneCall {
    let mut visit = OneCall::joined(&[]);
    visit.closed(1006);
    visit.now = 1_000;
    visit.socket(SocketEvent::Opened);
    visit.server(welcome(true, &["a"]));
    visit
}

fn offered() -> OneCall {
    let mut visit = OneCall::joined(&["a"]);
    visit.now = 1_000;
    visit.peer("a", 1, offer());
    visit
}

fn offer() -> PeerEvent {
    PeerEvent::LocalOffer {
        sdp: "offer".to_owned(),
    }
}

fn failed() -> PeerEvent {
    PeerEvent::OperationFailed {
        name: "OperationError".to_owned(),
    }
}

fn report(visit: &mut OneCall, state: ConnectionState) {
    visit.peer("a", 1, PeerEvent::Connection(state));
}

const CASES: &[Case] = &[
    Case {
        what: "joining takes ten seconds at most",
        before: joining,
        due: 10_100,
    },
    Case {
        what: "a join that was sent has eleven seconds",
        before: || {
            let mut visit = joining();
            visit.now = 9_000;
            visit.socket(SocketEvent::Opened);
            visit
        },
        due: 20_000,
    },
    Case {
        what: "a silent server is asked",
        before: || OneCall::joined(&[]),
        due: 10_000,
    },
    Case {
        what: "a socket that is doubted is given up",
        before: || {
            let mut visit = OneCall::joined(&[]);
            visit.now = 5_000;
            visit.socket(SocketEvent::Doubted);
            visit
        },
        due: 5_900,
    },
    Case {
        what: "a socket to come back over takes two and a half seconds to open at most",
        before: reconnecting,
        due: 250 + 2_500,
    },
    Case {
        what: "asking for a seat that is kept has the time of a socket to open",
        before: || {
            let mut visit = reconnecting();
            visit.now = 2_000;
            visit.socket(SocketEvent::Opened);
            visit
        },
        due: 4_500,
    },
    Case {
        what: "asking for a seat when none is kept any more has eleven seconds",
        before: || {
            let mut visit = reconnecting();
            visit.now = 31_000;
            visit.socket(SocketEvent::Opened);
            visit
        },
        due: 42_000,
    },
    Case {
        what: "an operation of the browser takes twenty seconds at most, also while nothing can be said",
        before: || {
            let mut visit = OneCall::joined(&["a"]);
            visit.closed(1006);
            for _ in 0..8 {
                visit.now += 2_400;
                visit.closed(1006);
            }
            visit
        },
        due: 20_000,
    },
    Case {
        what: "an operation that failed is tried again",
        before: || {
            let mut visit = OneCall::joined(&["a"]);
            visit.peer("a", 1, failed());
            visit
        },
        due: 200,
    },
    Case {
        what: "who may offer first is waited for",
        before: unclear,
        due: 4_000,
    },
    Case {
        what: "somebody who is back may be about to offer",
        before: || {
            let mut visit = unclear();
            visit.server(ServerMessage::PeerAway { peer: peer("a") });
            visit.now = 8_000;
            visit.server(ServerMessage::PeerBack { peer: peer("a") });
            visit
        },
        due: 11_000,
    },
    Case {
        what: "nothing is opened to somebody who is away: the server is asked first",
        before: || {
            let mut visit = unclear();
            visit.server(ServerMessage::PeerAway { peer: peer("a") });
            visit
        },
        due: 11_000,
    },
    Case {
        what: "an offer is said again",
        before: offered,
        due: 4_000,
    },
    Case {
        what: "the second time later",
        before: || {
            let mut visit = offered();
            visit.now = 4_000;
            visit.feed(Event::Tick);
            visit
        },
        due: 10_000,
    },
    Case {
        what: "a failed path of the first side is repaired at once",
        before: || {
            let mut visit = OneCall::connected(&["a"]);
            visit.now = 650;
            report(&mut visit, ConnectionState::Failed);
            visit
        },
        due: 650,
    },
    Case {
        what: "a path that is disconnected may come back by itself",
        before: || {
            let mut visit = OneCall::connected(&["a"]);
            visit.now = 650;
            report(&mut visit, ConnectionState::Disconnected);
            visit
        },
        due: 2_650,
    },
    Case {
        what: "while it is doubtful whether the server hears us, repairs wait for that answer",
        before: || {
            let mut visit = OneCall::connected(&["a"]);
            visit.now = 5_000;
            report(&mut visit, ConnectionState::Failed);
            visit
        },
        due: 5_900,
    },
    Case {
        what: "the user is told when a first connection takes half a minute",
        before: || {
            let mut visit = OneCall::joined(&[]);
            visit.server(ServerMessage::PeerJoined {
                peer: peer("a"),
                name: "Ann".to_owned(),
                media: MediaState::default(),
                kind: ParticipantKind::Person,
                sfu: None,
            });
            for now in [9_000, 18_000, 27_000] {
                visit.now = now;
                visit.answer_question();
            }
            visit
        },
        due: 30_000,
    },
    Case {
        what: "the user is told when repairs did not help for half a minute",
        before: || {
            let mut visit = OneCall::connected(&["a"]);
            visit.now = 500;
            report(&mut visit, ConnectionState::Failed);
            visit.server(ServerMessage::PeerAway { peer: peer("a") });
            for now in [9_000, 18_000, 27_000] {
                visit.now = now;
                visit.answer_question();
            }
            visit
        },
        due: 30_500,
    },
    Case {
        what: "whoever is away too long is gone",
        before: || {
            let mut visit = OneCall::connected(&["a"]);
            visit.now = 1_000;
            visit.server(ServerMessage::PeerAway { peer: peer("a") });
            for now in [9_000, 18_000, 27_000, 35_900] {
                visit.now = now;
                visit.answer_question();
            }
            visit
        },
        due: 36_000,
    },
];

fn tick(visit: &mut OneCall, now: u64) -> Vec<Effect> {
    visit.now = now;
    let mut state = std::mem::take(&mut visit.state);
    let effects = deadline::tick(
        &mut state,
        Moment(now),
        Look::Close,
        RoomState::next_deadline,
        |state| {
            visit.state = std::mem::take(state);
            let effects = visit.feed(Event::Tick);
            *state = std::mem::take(&mut visit.state);
            effects
        },
    );
    visit.state = state;
    effects
}

#[test]
fn every_deadline_is_the_moment_at_which_something_happens_and_not_before() {
    for case in CASES {
        let what = case.what;
        let mut visit = (case.before)();
        assert_eq!(
            visit.state.next_deadline(),
            Some(Moment(case.due)),
            "{what}"
        );
        if visit.now < case.due {
            assert_eq!(tick(&mut visit, case.due - 1), [], "{what}");
        }
        assert_ne!(tick(&mut visit, case.due), [], "{what}");
    }
}

#[test]
fn coming_back_is_given_up_after_ten_minutes() {
    let mut visit = reconnecting();
    while let RoomState::Reconnecting(..) = visit.state {
        let due = visit.state.next_deadline().unwrap();
        assert!(due <= Moment(600_000));
        tick(&mut visit, due.0);
    }
    assert!(matches!(visit.state, RoomState::Left(_)));
    assert_eq!(visit.now, 600_000);
}

#[test]
fn outside_of_the_call_there_is_nothing_to_wait_for() {
    assert_eq!(OneCall::default().state.next_deadline(), None);
    let mut visit = OneCall::connected(&["a"]);
    visit.act(CallAction::Leave);
    assert_eq!(visit.state.next_deadline(), None);
}

#[test]
fn alone_in_a_quiet_room_only_the_server_is_asked_now_and_then() {
    let mut visit = OneCall::connected(&["a"]);
    visit.left("a", DepartureReason::Left);
    let mut ticks = 0;
    while visit.now < 60_000 {
        let due = visit.state.next_deadline().unwrap();
        tick(&mut visit, due.0);
        visit.answer_question();
        ticks += 1;
    }
    assert_eq!(ticks, 6);
}

#[test]
fn a_socket_and_an_operation_that_are_given_up_at_the_same_moment_take_one_tick() {
    let mut visit = OneCall::joined(&["a"]);
    for now in [9_000, 18_000] {
        visit.now = now;
        visit.answer_question();
    }
    visit.now = 19_100;
    visit.socket(SocketEvent::Doubted);
    assert_eq!(visit.state.next_deadline(), Some(Moment(20_000)));
    let effects = tick(&mut visit, 20_000);
    assert!(effects.contains(&Effect::Connect { after_ms: 0 }));
    assert!(matches!(
        commands(&effects, "a")[..],
        [
            PeerCommand::Close,
            PeerCommand::Open { .. },
            PeerCommand::Offer { .. }
        ]
    ));
}
