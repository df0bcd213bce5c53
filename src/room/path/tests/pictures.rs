//! When pictures are held back, and that a connection is told of it once and at once.

use super::*;
use crate::protocol::ServerMessage;
use crate::room::call::effect::Effect;
use crate::room::call::event::CallAction;
use crate::room::testing::fixture::{OneCall, commands, peer};

const HELD: PeerCommand = PeerCommand::SetPictures(Pictures::Held);
const FLOWING: PeerCommand = PeerCommand::SetPictures(Pictures::Flowing);

fn told(effects: &[Effect]) -> Vec<&PeerCommand> {
    let mut commands = commands(effects, "a");
    commands.retain(|command| matches!(command, PeerCommand::SetPictures(_)));
    commands
}

fn report(visit: &mut OneCall, state: ConnectionState) -> Vec<Effect> {
    visit.peer("a", 1, PeerEvent::Connection(state))
}

fn measure(visit: &mut OneCall, count: u64) -> Vec<Effect> {
    visit.now += 250;
    let awaited = Awaited::Something;
    visit.peer("a", 1, PeerEvent::Received { count, awaited })
}

/// A path whose repairs did not help for half a minute.
fn failed() -> OneCall {
    let mut visit = OneCall::connected(&["a"]);
    report(&mut visit, ConnectionState::Failed);
    let effects = visit.wait(40_000);
    let last = told(&effects).pop();
    assert_eq!(last, Some(&FLOWING), "nothing is held back for ever");
    assert!(matches!(visit.link("a"), PathState::Failed(_)));
    visit
}

#[test]
fn an_interrupted_connection_is_told_so_once() {
    let mut visit = OneCall::connected(&["a"]);
    for (state, command) in [
        (ConnectionState::Disconnected, Some(&HELD)),
        (ConnectionState::Failed, None),
        (ConnectionState::Connecting, None),
        (ConnectionState::Connected, Some(&FLOWING)),
        (ConnectionState::Connected, None),
        (ConnectionState::Disconnected, Some(&HELD)),
    ] {
        let effects = report(&mut visit, state);
        assert_eq!(told(&effects), Vec::from_iter(command), "{state:?}");
    }
}

#[test]
fn pictures_are_held_from_the_first_measurement_that_finds_nothing() {
    let mut visit = OneCall::connected(&["a"]);
    for (count, command) in [
        (1, None),
        (2, None),
        (2, Some(&HELD)),
        (2, None),
        (3, Some(&FLOWING)),
        (4, None),
    ] {
        let effects = measure(&mut visit, count);
        assert_eq!(told(&effects), Vec::from_iter(command), "{count}");
    }
}

#[test]
fn a_new_connection_of_an_interrupted_path_is_told_after_it_was_opened() {
    let mut visit = OneCall::connected(&["a"]);
    let effects = report(&mut visit, ConnectionState::Closed);
    assert!(matches!(
        commands(&effects, "a")[..],
        [
            PeerCommand::Close,
            PeerCommand::Open { .. },
            PeerCommand::Offer { .. },
            PeerCommand::SetPictures(Pictures::Held),
        ]
    ));
    let event = PeerEvent::Connection(ConnectionState::Connected);
    let effects = visit.peer("a", 2, event);
    assert_eq!(told(&effects), [&FLOWING]);
}

#[test]
fn what_failed_and_is_tried_again_lets_pictures_flow_until_it_is_interrupted() {
    let mut visit = failed();
    let effects = visit.act(CallAction::TryAgain(peer("a")));
    assert_eq!(told(&effects), Vec::<&PeerCommand>::new());

    let mut visit = failed();
    visit.server(ServerMessage::PeerAway { peer: peer("a") });
    let effects = visit.server(ServerMessage::PeerBack { peer: peer("a") });
    assert!(matches!(visit.link("a"), PathState::Interrupted(_)));
    assert_eq!(told(&effects), [&HELD]);
}

#[test]
fn what_fell_silent_and_failed_is_told_when_it_is_tried_again() {
    let mut visit = OneCall::connected(&["a"]);
    let mut effects = Vec::new();
    for count in [1, 2, 2, 2, 2, 2, 2] {
        effects.extend(measure(&mut visit, count));
    }
    effects.extend(visit.wait(40_000));
    assert!(matches!(visit.link("a"), PathState::Failed(_)));
    effects.extend(visit.act(CallAction::TryAgain(peer("a"))));
    effects.extend(visit.wait(250));
    let mut expected = Pictures::Flowing;
    for effect in &effects {
        match effect {
            Effect::Path {
                command: PeerCommand::Open { .. },
                ..
            } => expected = Pictures::Flowing,
            Effect::Path {
                command: PeerCommand::SetPictures(pictures),
                ..
            } => {
                assert_ne!(*pictures, expected, "each change once");
                expected = *pictures;
            }
            _ => {}
        }
    }
    assert_eq!(expected, visit.path("a").pictures());
}
