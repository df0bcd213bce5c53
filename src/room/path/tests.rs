//! Paths that break, event by event.

use super::*;
use crate::protocol::{DepartureReason, ServerMessage};
use crate::room::PeerCommand;
use crate::room::fixture::{Visit, commands, peer};

fn report(visit: &mut Visit, state: ConnectionState) -> Vec<Effect> {
    visit.peer("a", 1, PeerEvent::Connection(state))
}

#[test]
fn a_short_interruption_is_shown_and_passes() {
    let mut visit = Visit::connected(&["a"]);
    report(&mut visit, ConnectionState::Disconnected);
    assert_eq!(visit.person("a").link, Link::Interrupted(Moment(0)));
    visit.wait(1_500);
    report(&mut visit, ConnectionState::Connected);
    assert_eq!(visit.person("a").link, Link::Connected);
    assert_eq!(visit.wait(60_000), []);
}

#[test]
fn a_failed_path_is_repaired_and_shown_as_failed_when_nothing_helps() {
    let mut visit = Visit::connected(&["a"]);
    report(&mut visit, ConnectionState::Failed);
    let effects = visit.wait(250);
    assert_eq!(
        commands(&effects, "a"),
        [&PeerCommand::Offer { ice_restart: true }]
    );
    visit.wait(40_000);
    assert_eq!(visit.person("a").link, Link::Failed);
}

#[test]
fn repairs_wait_for_somebody_who_is_away() {
    let mut visit = Visit::connected(&["a"]);
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
    let mut visit = Visit::connected(&["a"]);
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
