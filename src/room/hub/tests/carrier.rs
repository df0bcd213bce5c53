//! Which carrier should bring what somebody sends.

use super::*;
use Carrier::{Direct, Hub};
use Footing::{Connected, Impossible, Possible};
use SfuAvailability::{Able, Ready, Unable};

fn facts(
    sfu_use: SfuUse,
    hub: Footing,
    person: Option<SfuAvailability>,
    direct: Footing,
) -> CarrierFacts {
    CarrierFacts {
        sfu_use,
        hub,
        person,
        direct,
    }
}

#[test]
fn whoever_the_sfu_hears_is_taken_from_it_while_the_room_goes_through_it() {
    for current in [None, Some(Direct), Some(Hub)] {
        for direct in [Impossible, Possible, Connected] {
            let wished = |sfu_use| facts(sfu_use, Connected, Some(Ready), direct).wished(current);
            assert_eq!(wished(SfuUse::On), Hub);
            let without = if direct == Impossible { Hub } else { Direct };
            assert_eq!(wished(SfuUse::Off), without, "{direct:?}");
        }
    }
}

#[test]
fn a_newcomer_dials_nobody_while_the_sfu_may_soon_bring_them() {
    let wished = |hub, person| facts(SfuUse::On, hub, person, Possible).wished(None);
    assert_eq!(wished(Possible, Some(Ready)), Hub);
    assert_eq!(wished(Connected, Some(Able)), Hub);
    assert_eq!(wished(Impossible, Some(Ready)), Direct);
    assert_eq!(wished(Connected, Some(Unable)), Direct);
    assert_eq!(wished(Connected, None), Direct);
}

#[test]
fn who_is_connected_directly_is_heard_until_the_sfu_can_carry_them() {
    let wished = |hub, person| facts(SfuUse::On, hub, person, Connected).wished(None);
    assert_eq!(wished(Possible, Some(Ready)), Direct);
    assert_eq!(wished(Connected, Some(Able)), Direct);
    assert_eq!(wished(Connected, Some(Ready)), Hub);
}

#[test]
fn what_is_carried_directly_stays_so_until_the_sfu_can_carry_it() {
    let wished = |hub, person| facts(SfuUse::On, hub, person, Connected).wished(Some(Direct));
    assert_eq!(wished(Possible, Some(Ready)), Direct);
    assert_eq!(wished(Connected, Some(Able)), Direct);
    assert_eq!(wished(Connected, Some(Ready)), Hub);
}

#[test]
fn what_the_sfu_does_not_carry_any_more_is_taken_directly_where_that_is_possible() {
    for (hub, person) in [(Possible, Ready), (Connected, Able), (Connected, Unable)] {
        let wished = |direct| facts(SfuUse::On, hub, Some(person), direct).wished(Some(Hub));
        assert_eq!(wished(Connected), Direct);
        assert_eq!(wished(Possible), Direct);
        assert_eq!(wished(Impossible), Hub, "nobody else is there to ask");
    }
}

#[test]
fn nobody_is_asked_of_the_sfu_who_does_not_speak_to_it() {
    let stranger = facts(SfuUse::On, Connected, None, Impossible);
    assert_eq!(stranger.wished(None), Direct);
    assert!(!stranger.is_possible(Hub));
    assert!(!stranger.stands(Hub));
}
