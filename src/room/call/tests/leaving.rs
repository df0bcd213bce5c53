//! The end of calls, event by event.

use super::*;
use crate::protocol::{DepartureReason, ResumeToken, RoomName};
use crate::room::call::event::{CallAction, SocketEvent};
use crate::room::notice::{Notice, Occasion};
use crate::room::path::command::PeerCommand;
use crate::room::testing::fixture::{OneCall, commands, name, notices, peer, sent, welcome};

fn cause(visit: &OneCall) -> &DepartureCause {
    match &visit.state {
        RoomState::Left(departure) => &departure.reason,
        state => panic!("still there: {state:?}"),
    }
}

fn given_up(token: &str) -> Effect {
    Effect::GiveUpSeat {
        room: RoomName::parse("team-standup").unwrap(),
        resume: ResumeToken::new(token),
    }
}

#[test]
fn close_codes_tell_whether_to_come_back() {
    for code in [1000, 1001, 1006, 1009, 1012, 4008, 4029] {
        let mut visit = OneCall::connected(&["a"]);
        visit.closed(code);
        assert!(matches!(visit.state, RoomState::Reconnecting(..)), "{code}");
    }
    for (code, expected) in [
        (4001, DepartureCause::ContinuedElsewhere),
        (4003, DepartureCause::Removed),
        (1008, DepartureCause::NotLetIn),
    ] {
        let mut visit = OneCall::connected(&["a"]);
        let effects = visit.closed(code);
        assert_eq!(*cause(&visit), expected);
        assert_eq!(commands(&effects, "a"), [&PeerCommand::Close]);
        assert_eq!(
            effects[effects.len() - 2..],
            [Effect::Disconnect, Effect::ReleaseMedia]
        );
    }
}

#[test]
fn errors_that_end_nothing_change_nothing() {
    let mut visit = OneCall::connected(&["a"]);
    for code in [
        ErrorCode::RateLimited,
        ErrorCode::UnknownPeer,
        ErrorCode::BadMessage,
        ErrorCode::ShuttingDown,
    ] {
        assert_eq!(visit.error(code, false), []);
    }
    assert_eq!(visit.people(), ["a"]);
    assert_eq!(
        notices(&visit.error(ErrorCode::Unauthorized, false)).len(),
        1
    );
}

#[test]
fn a_refusal_for_good_ends_coming_back_with_the_servers_words() {
    for (code, fatal) in [
        (ErrorCode::Unauthorized, true),
        (ErrorCode::BadName, false),
        (ErrorCode::BadRoom, false),
        (ErrorCode::AlreadyJoined, false),
        (ErrorCode::BadMessage, true),
    ] {
        let mut visit = OneCall::connected(&["a"]);
        visit.closed(1006);
        visit.socket(SocketEvent::Opened);
        visit.error(code, fatal);
        let words = "words".to_owned();
        assert_eq!(*cause(&visit), DepartureCause::Refused(code, words));
    }
}

#[test]
fn leaving_says_so_closes_everything_and_rejoining_begins_as_a_newcomer() {
    let mut visit = OneCall::connected(&["a"]);
    let path = visit.path("a").id();
    let effects = visit.act(CallAction::Leave);
    assert_eq!(
        effects,
        [
            Effect::Send(ClientMessage::Leave),
            given_up("first"),
            Effect::Path {
                path,
                to: peer("a"),
                command: PeerCommand::Close
            },
            Effect::Disconnect,
            Effect::ReleaseMedia
        ]
    );
    assert_eq!(*cause(&visit), DepartureCause::Left);
    assert_eq!(visit.join(), [Effect::Connect { after_ms: 0 }]);
    let effects = visit.socket(SocketEvent::Opened);
    assert!(matches!(
        sent(&effects)[..],
        [ClientMessage::Join { resume: None, .. }]
    ));
}

#[test]
fn whoever_leaves_while_the_socket_is_down_gives_up_the_seat_with_the_last_token() {
    let mut visit = OneCall::connected(&["a"]);
    visit.closed(1006);
    visit.socket(SocketEvent::Opened);
    visit.server(welcome(true, &["a"]));
    visit.closed(1006);
    let effects = visit.act(CallAction::Leave);
    assert!(effects.contains(&given_up("second")), "{effects:?}");
    assert_eq!(visit.act(CallAction::Leave), [], "it is left once");
}

#[test]
fn people_who_leave_are_told_apart_by_how() {
    let mut visit = OneCall::connected(&["a", "b", "c"]);
    for (id, reason, notice) in [
        (
            "a",
            DepartureReason::Left,
            Notice::of(Occasion::Went, name("a")),
        ),
        (
            "b",
            DepartureReason::Lost,
            Notice::of(Occasion::Lost, name("b")),
        ),
        (
            "c",
            DepartureReason::Kicked,
            Notice::of(Occasion::Removed, name("c")),
        ),
    ] {
        let effects = visit.left(id, reason);
        assert_eq!(notices(&effects), [&notice]);
        assert_eq!(commands(&effects, id), [&PeerCommand::Close]);
    }
    assert!(visit.people().is_empty());
    assert_eq!(visit.left("a", DepartureReason::Left), []);
}
