//! What the call says became different.

use super::CallChange::{Ended, Entered, People, Reseated, Returns, Screens};
use super::*;
use crate::protocol::{DepartureReason, MediaState, ParticipantKind, ServerMessage};
use crate::room::call::event::{CallAction, Event, SocketEvent};
use crate::room::participant::Hand;
use crate::room::testing::fixture::{BOTH, OneCall, peer, welcome};

const SHARING: MediaState = MediaState {
    screen: true,
    ..BOTH
};

fn media(media: MediaState) -> ServerMessage {
    ServerMessage::PeerMedia {
        peer: peer("a"),
        media,
    }
}

fn joins(media: MediaState) -> ServerMessage {
    ServerMessage::PeerJoined {
        peer: peer("c"),
        name: "Cleo".to_owned(),
        media,
        kind: ParticipantKind::Person,
        sfu: None,
    }
}

/// In the call with a and b, without a socket and on the way back.
fn away() -> OneCall {
    let mut call = OneCall::connected(&["a", "b"]);
    call.closed(1006);
    call.socket(SocketEvent::Opened);
    call
}

#[test]
fn entering_leaving_and_coming_back_are_told() {
    let mut call = OneCall::default();
    call.join();
    assert_eq!(call.changes, []);
    call.socket(SocketEvent::Opened);
    call.server(welcome(false, &["a"]));
    assert_eq!(call.changes, [Entered, People]);
    call.act(CallAction::Leave);
    assert!(call.changes.contains(&Ended));
    call.join();
    assert_eq!(call.changes, [Returns]);
}

#[test]
fn who_comes_and_who_goes_is_told_and_what_else_they_do_is_not() {
    let mut call = OneCall::connected(&["a", "b"]);
    call.server(joins(BOTH));
    assert_eq!(call.changes, [People]);
    call.server(joins(BOTH));
    assert_eq!(call.changes, [], "they are here already");
    call.left("b", DepartureReason::Lost);
    assert_eq!(call.changes, [People]);
    call.left("b", DepartureReason::Lost);
    assert_eq!(call.changes, [], "they were gone already");
    for message in [
        ServerMessage::PeerAway { peer: peer("a") },
        ServerMessage::PeerBack { peer: peer("a") },
        ServerMessage::PeerHand {
            peer: peer("a"),
            raised: true,
        },
        media(BOTH),
    ] {
        call.server(message);
        assert_eq!(call.changes, []);
    }
    call.act(CallAction::SetHand(Hand::Raised));
    assert_eq!(call.changes, []);
}

#[test]
fn a_screen_that_is_shared_or_not_any_more_is_told_whoever_shares_it() {
    let mut call = OneCall::connected(&["a", "b"]);
    for (shown, changes) in [
        (SHARING, vec![Screens]),
        (SHARING, vec![]),
        (BOTH, vec![Screens]),
    ] {
        call.server(media(shown));
        assert_eq!(call.changes, changes);
        call.sent = shown;
        call.feed(Event::SentMedia);
        assert_eq!(call.changes, changes);
    }
    call.server(joins(SHARING));
    assert_eq!(call.changes, [People, Screens]);
    call.left("c", DepartureReason::Left);
    assert_eq!(call.changes, [People, Screens]);
}

#[test]
fn the_same_seat_tells_of_those_who_came_and_went_meanwhile_and_another_one_of_itself() {
    let mut call = away();
    call.server(welcome(true, &["a", "b"]));
    assert_eq!(call.changes, []);
    let mut call = away();
    call.server(welcome(true, &["a", "c"]));
    assert_eq!(call.changes, [People]);
    let mut call = away();
    let mut message = welcome(true, &["a", "b"]);
    if let ServerMessage::Welcome { peers, .. } = &mut message {
        peers[0].media = SHARING;
    }
    call.server(message);
    assert_eq!(call.changes, [Screens]);
    let mut call = away();
    call.server(welcome(false, &["a", "b"]));
    assert!(call.changes.starts_with(&[Reseated]));
}
