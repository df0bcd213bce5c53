//! What is asked of the SFU, and how often.

use super::*;
use crate::protocol::MediaState;
use crate::protocol::sfu::{SfuAvailability, SfuUse};
use crate::room::hub::carrier::Footing;
use crate::room::hub::event::HubPerson;
use crate::room::hub::room_facts::RoomFacts;
use crate::room::hub::slots::Slots;
use crate::room::moment::Moment;
use crate::room::sending::view::Heard;
use crate::room::testing::fixture::{BOTH, peer};

fn person(id: &str, sfu: Option<SfuAvailability>) -> HubPerson {
    HubPerson {
        id: peer(id),
        sfu,
        media: MediaState {
            screen: true,
            ..BOTH
        },
        direct: None,
    }
}

/// These people, in a room that uses the SFU.
fn members(people: &[HubPerson], shown: &OrderedMap<PeerId, ViewRequest>) -> Members {
    let room = RoomFacts {
        sfu_use: SfuUse::On,
        hub: Footing::Connected,
        mesh_capacity: 12,
        has_standby: false,
        refuses_media: false,
        is_unmuted: false,
    };
    let mut members = Members::default();
    members.follow(people, shown, &Slots::default(), room, Moment(0));
    members
}

fn view(id: &str, camera: ViewSize, screen: ViewSize) -> (PeerId, ViewRequest) {
    let request = ViewRequest {
        camera,
        screen,
        sound: Heard(true),
    };
    (peer(id), request)
}

#[test]
fn what_is_looked_at_comes_first_and_what_nobody_sees_is_not_asked_for() {
    use ViewSize::{Hidden, Large, Medium, Thumbnail};
    let ready = Some(SfuAvailability::Ready);
    let people = ["a", "b", "c", "d"].map(|id| person(id, ready));
    let shown = OrderedMap::from_iter([
        view("a", Thumbnail, Hidden),
        view("b", Large, Hidden),
        view("c", Hidden, Hidden),
        view("d", Medium, Large),
    ]);
    let members = members(&people, &shown);
    let mut watching = Watching::default();
    let watch = watching.wish(&members, &shown).unwrap();
    let order: Vec<_> = watch
        .pictures
        .iter()
        .map(|wish| wish.peer.as_str())
        .collect();
    assert_eq!(order, ["d", "b", "a"]);
    assert_eq!(watch.pictures[0].camera, ViewedSize::Medium);
    assert_eq!(watch.pictures[0].screen, ViewedSize::Large);
    assert_eq!(watch.unheard, []);
    assert_eq!(watching.pictures(), 4);

    assert_eq!(watching.wish(&members, &shown), None, "once is enough");
    watching.repeat();
    let again = watching.wish(&members, &shown).unwrap();
    assert_eq!(again.pictures, watch.pictures);
    assert!(again.number > watch.number);
}

#[test]
fn who_is_not_reached_over_the_sfu_is_not_asked_for_there() {
    let people = [
        person("a", Some(SfuAvailability::Ready)),
        person("b", Some(SfuAvailability::Unable)),
        person("c", None),
    ];
    let shown = ["a", "b", "c"].map(|id| view(id, ViewSize::Large, ViewSize::Hidden));
    let shown = OrderedMap::from_iter(shown);
    let watch = Watching::default()
        .wish(&members(&people, &shown), &shown)
        .unwrap();
    assert_eq!(watch.pictures.len(), 1);
    assert_eq!(
        watch.unheard,
        [peer("b")],
        "who does not speak to the SFU is not heard there"
    );
}

#[test]
fn a_wish_names_no_more_than_it_may() {
    let people: Vec<HubPerson> = (0..40)
        .map(|number| person(&format!("p{number:02}"), Some(SfuAvailability::Ready)))
        .collect();
    let shown: OrderedMap<_, _> = people
        .iter()
        .map(|one| view(one.id.as_str(), ViewSize::Thumbnail, ViewSize::Hidden))
        .collect();
    let watch = Watching::default()
        .wish(&members(&people, &shown), &shown)
        .unwrap();
    assert!(watch.is_within_limits());
    assert_eq!(watch.pictures.len(), Watch::PICTURES);
}

#[test]
fn nothing_is_said_while_nothing_is_wanted() {
    let mut watching = Watching::default();
    let shown = OrderedMap::from_iter([view("a", ViewSize::Large, ViewSize::Hidden)]);
    let some = members(&[person("a", Some(SfuAvailability::Ready))], &shown);
    let nobody = members(&[], &OrderedMap::new());
    assert_eq!(watching.wish(&nobody, &OrderedMap::new()), None);
    assert!(watching.wish(&some, &shown).is_some());
    let empty = watching.wish(&nobody, &OrderedMap::new()).unwrap();
    assert!(empty.pictures.is_empty() && empty.unheard.is_empty());
    assert_eq!(watching.wish(&nobody, &OrderedMap::new()), None);
}
