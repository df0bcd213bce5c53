use super::*;
use crate::protocol::IceServer;
use crate::room::call::event::CallAction;
use crate::room::call::state::RoomState;
use crate::room::path::command::PeerCommand;
use crate::room::testing::fixture::{OneCall, commands};

fn call(url: &str, policy: IceTransportPolicy) -> Call {
    let visit = OneCall::connected(&["a"]);
    let RoomState::Joined(mut call) = visit.state else {
        panic!("not in the call");
    };
    call.ice_servers = vec![IceServer {
        urls: vec![url.to_owned()],
        username: None,
        credential: None,
    }];
    call.ice_transport_policy = policy;
    call
}

#[test]
fn the_operator_decides_then_the_user_and_without_a_relay_nobody_can() {
    use AddressPrivacy::{Hidden, Shown};
    use IceTransportPolicy::{All, Relay};
    for (url, operator, wanted, expected) in [
        ("turn:r.example", All, Shown, All),
        ("turn:r.example", All, Hidden, Relay),
        ("turns:r.example", All, Hidden, Relay),
        ("stun:s.example", All, Hidden, All),
        ("turn:r.example", Relay, Shown, Relay),
        ("stun:s.example", Relay, Shown, Relay),
    ] {
        let call = call(url, operator);
        assert_eq!(
            call.ice_transport_policy(wanted),
            expected,
            "{url} {wanted:?}"
        );
    }
    let choice = call("stun:s.example", All).address_choice();
    assert_eq!(choice, AddressChoice::NoRelay);
}

#[test]
fn other_candidates_are_gathered_for_every_connection_there_is() {
    let mut visit = OneCall::connected(&["a", "b"]);
    let effects = visit.act(CallAction::FindNewWays);
    for id in ["a", "b"] {
        let offer = PeerCommand::Offer { ice_restart: true };
        assert_eq!(commands(&effects, id), [&offer]);
    }
    let nobody = OneCall::default().act(CallAction::FindNewWays);
    assert!(nobody.is_empty());
}
