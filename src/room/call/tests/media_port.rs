//! What is said of a media port that is out of reach.

use super::*;
use crate::room::call::state::Outage;
use crate::room::path::link::Carrier;
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

fn called(state: PathState, stage: ConnectionStage, over_server: usize) -> RoomState {
    let RoomState::Joined(mut call) = OneCall::connected(&["a", "b", "c"]).state else {
        panic!("not in the call");
    };
    call.hub = Some(Link {
        state,
        stage,
        carrier: Carrier::Hub,
    });
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
