//! Where what people send each other passes.

use super::*;
use crate::room::call::state::RoomState;
use crate::room::path::diagnosis::{ConnectionStage, PathFailure};
use crate::room::path::hub_link::{Attempts, HubLink};
use crate::room::path::link::{Carrier, Link};
use crate::room::testing::fixture::{OneCall, peer};

const CONNECTED: PathState = PathState::Connected;
const READY: Option<SfuAvailability> = Some(SfuAvailability::Ready);

/// A call with these people, who stand with the SFU like this and need their direct paths for this, while the hub stands like this.
fn call(hub: Option<PathState>, people: &[(Option<SfuAvailability>, Need)]) -> Call {
    let names = ["a", "b", "c"];
    let RoomState::Joined(mut call) = OneCall::connected(&names[..people.len()]).state else {
        panic!("not in the call");
    };
    call.hub = hub.map(|state| HubLink {
        link: Link {
            state,
            stage: ConnectionStage::Established,
            carrier: Carrier::Hub,
        },
        port: None,
        attempts: Attempts::default(),
        failed: None,
    });
    for (person, (sfu, need)) in call.people.iter_mut().zip(people) {
        person.sfu = *sfu;
        person.need = *need;
    }
    call
}

#[test]
fn one_person_is_direct_only_where_neither_side_can_send_the_server_anything() {
    use Need::{Media, Nothing, Standby};
    use SfuAvailability::{Able, Unable};
    let interrupted = PathState::Interrupted(Default::default());
    let failed = PathState::Failed(PathFailure::NoRelay);
    for (hub, sfu, need, expected) in [
        (None, None, Media, Passage::Direct),
        (None, READY, Media, Passage::Direct),
        (Some(CONNECTED), None, Media, Passage::Direct),
        (Some(CONNECTED), Some(Unable), Media, Passage::Direct),
        (Some(failed), READY, Media, Passage::Direct),
        (Some(CONNECTED), READY, Media, Passage::Mixed),
        (Some(CONNECTED), Some(Able), Media, Passage::Mixed),
        (Some(interrupted), READY, Media, Passage::Mixed),
        (Some(CONNECTED), READY, Standby, Passage::Server),
        (Some(CONNECTED), READY, Nothing, Passage::Server),
        (Some(failed), READY, Nothing, Passage::Server),
    ] {
        let call = call(hub, &[(sfu, need)]);
        let person = call.person(&peer("a")).unwrap();
        assert_eq!(
            call.passage_to(person),
            expected,
            "{hub:?} {sfu:?} {need:?}"
        );
    }
}

#[test]
fn the_call_is_what_everybody_in_it_is_or_both() {
    let direct = (None, Need::Media);
    let server = (READY, Need::Nothing);
    let hub = Some(CONNECTED);
    assert_eq!(call(None, &[direct, direct]).passage(), Passage::Direct);
    assert_eq!(call(hub, &[server, server]).passage(), Passage::Server);
    assert_eq!(call(hub, &[server, direct]).passage(), Passage::Mixed);
    assert_eq!(
        call(hub, &[direct, server, server]).passage(),
        Passage::Mixed
    );
}

#[test]
fn who_is_alone_is_where_others_would_be_met() {
    assert_eq!(call(None, &[]).passage(), Passage::Direct);
    assert_eq!(call(Some(CONNECTED), &[]).passage(), Passage::Server);
}
