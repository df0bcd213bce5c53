//! What is said of a media port that is out of reach.

use super::*;
use crate::room::call::state::Outage;
use crate::room::path::hub_link::Attempts;
use crate::room::path::link::{Carrier, Link};
use crate::room::testing::fixture::OneCall;

const BEGAN: Moment = Moment(1_000);

/// What is to be said at a moment of a call with three people, so many of whom are reached over the server alone.
fn trouble(
    state: PathState,
    stage: ConnectionStage,
    over_server: usize,
    now: Moment,
) -> Option<MediaPortTrouble> {
    called(state, stage, over_server).media_port_trouble(&|| now)
}

fn hub(state: PathState, stage: ConnectionStage) -> HubLink {
    HubLink {
        link: Link {
            state,
            stage,
            carrier: Carrier::Hub,
        },
        port: Some(3480),
        attempts: Attempts::default(),
        failed: None,
    }
}

fn called(state: PathState, stage: ConnectionStage, over_server: usize) -> RoomState {
    let RoomState::Joined(mut call) = OneCall::connected(&["a", "b", "c"]).state else {
        panic!("not in the call");
    };
    call.hub = Some(hub(state, stage));
    for person in call.people.iter_mut().take(over_server) {
        person.need = Need::Nothing;
    }
    RoomState::Joined(call)
}

#[test]
fn a_connection_has_its_time_before_it_is_spoken_of() {
    let checking = ConnectionStage::Checking;
    for state in [PathState::Connecting(BEGAN), PathState::Interrupted(BEGAN)] {
        assert_eq!(trouble(state, checking, 0, BEGAN.plus(7_999)), None);
        let told = trouble(state, checking, 0, BEGAN.plus(8_000)).unwrap();
        assert_eq!(told.cause, MediaPortCause::Network);
        assert_eq!(told.cut_off, 0);
        assert!(!told.has_failed, "attempts go on by themselves");
    }
    let failed = PathState::Failed(PathFailure::UdpBlocked);
    assert!(trouble(failed, checking, 0, BEGAN).unwrap().has_failed);
    assert_eq!(
        trouble(PathState::Connected, checking, 0, BEGAN.plus(9_000)),
        None
    );
}

#[test]
fn those_who_can_be_reached_in_no_other_way_are_counted() {
    let failed = PathState::Failed(PathFailure::NoRelay);
    for over_server in 0..=3 {
        let told = trouble(failed, ConnectionStage::Checking, over_server, BEGAN).unwrap();
        assert_eq!(told.cut_off, over_server);
    }
}

#[test]
fn the_network_is_not_to_blame_where_the_server_does_not_answer() {
    let now = BEGAN.plus(9_000);
    let cause = |state, stage| trouble(state, stage, 0, now).map(|told| told.cause);
    let connecting = PathState::Connecting(BEGAN);
    let server = Some(MediaPortCause::Server);
    assert_eq!(cause(connecting, ConnectionStage::Signaling), server);
    let unanswered = PathState::Failed(PathFailure::NoAnswer);
    assert_eq!(cause(unanswered, ConnectionStage::Signaling), server);
    let network = Some(MediaPortCause::Network);
    for stage in [ConnectionStage::Gathering, ConnectionStage::Handshake] {
        assert_eq!(cause(connecting, stage), network, "{stage:?}");
    }
}

#[test]
fn who_is_offline_and_who_has_no_sfu_hears_nothing_of_it() {
    let checking = ConnectionStage::Checking;
    let offline = PathState::Failed(PathFailure::Offline);
    assert_eq!(trouble(offline, checking, 3, BEGAN), None);
    let now = &|| BEGAN.plus(9_000);
    let blocked = PathState::Failed(PathFailure::UdpBlocked);
    let RoomState::Joined(mut call) = called(blocked, checking, 3) else {
        panic!("not in the call");
    };
    let outage = Outage {
        since: BEGAN,
        attempts: 1,
        answer_due: None,
    };
    let away = RoomState::Reconnecting(call.clone(), outage);
    assert_eq!(away.media_port_trouble(now), None);
    call.hub = None;
    assert_eq!(RoomState::Joined(call).media_port_trouble(now), None);
}

#[test]
fn what_failed_is_told_of_while_it_is_tried_again_and_blames_whom_it_did_before() {
    let again = PathState::Connecting(BEGAN);
    for (failure, cause) in [
        (PathFailure::UdpBlocked, MediaPortCause::Network),
        (PathFailure::NoAnswer, MediaPortCause::Server),
    ] {
        for stage in [ConnectionStage::Signaling, ConnectionStage::Checking] {
            let RoomState::Joined(mut call) = called(again, stage, 1) else {
                panic!("not in the call");
            };
            call.hub = Some(HubLink {
                failed: Some(failure),
                ..hub(again, stage)
            });
            let told = RoomState::Joined(call).media_port_trouble(&|| BEGAN.plus(100));
            let told = told.unwrap();
            assert_eq!((told.cause, told.has_failed), (cause, false), "{stage:?}");
            assert_eq!(told.port, Some(3480));
        }
    }
}

#[test]
fn the_next_try_is_counted_down_and_each_is_told_of_when_it_begins() {
    let next = |state, last: Option<u64>, next: Option<u64>, now: u64| {
        let link = HubLink {
            attempts: Attempts {
                last: last.map(Moment),
                next: next.map(Moment),
            },
            ..hub(state, ConnectionStage::Checking)
        };
        next_try(link, Moment(now))
    };
    let failed = PathState::Failed(PathFailure::UdpBlocked);
    let due = Some(60_000);
    for (now, told) in [
        (30_000, NextTry::Now),
        (34_999, NextTry::Now),
        (35_000, NextTry::In(25)),
        (58_999, NextTry::In(2)),
        (59_000, NextTry::In(1)),
        (59_999, NextTry::In(1)),
        (60_000, NextTry::Now),
    ] {
        assert_eq!(next(failed, Some(30_000), due, now), told, "{now}");
    }
    assert_eq!(next(failed, None, None, 9), NextTry::Sometime);
    let under_way = PathState::Interrupted(Moment(0));
    assert_eq!(next(under_way, None, due, 9), NextTry::Now);
}
