//! What is asked of the SFU, and how often.

use super::*;
use crate::protocol::MediaState;
use crate::protocol::sfu::{SfuAvailability, SfuUse};
use crate::room::hub::carrier::Footing;
use crate::room::hub::event::HubPerson;
use crate::room::hub::room_facts::RoomFacts;
use crate::room::hub::shown::Shown;
use crate::room::hub::slots::Slots;
use crate::room::moment::Moment;
use crate::room::sending::view::{Heard, ViewRequest};
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
fn members(people: &[HubPerson], shown: &Shown) -> Members {
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

/// People are shown like this.
fn shown(views: impl IntoIterator<Item = (PeerId, ViewRequest)>) -> Shown {
    let mut shown = Shown::default();
    shown.change(views.into_iter().collect());
    shown
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
    let shown = shown([
        view("a", Thumbnail, Hidden),
        view("b", Large, Hidden),
        view("c", Hidden, Hidden),
        view("d", Medium, Large),
    ]);
    let members = members(&people, &shown);
    let mut watching = Watching::default();
    let watch = watching.wish(&members).unwrap();
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

    assert_eq!(watching.wish(&members), None, "once is enough");
    watching.repeat();
    let again = watching.wish(&members).unwrap();
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
    let shown = self::shown(shown);
    let watch = Watching::default().wish(&members(&people, &shown)).unwrap();
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
    let views = people
        .iter()
        .map(|one| view(one.id.as_str(), ViewSize::Thumbnail, ViewSize::Hidden));
    let shown = shown(views);
    let watch = Watching::default().wish(&members(&people, &shown)).unwrap();
    assert!(watch.is_within_limits());
    assert_eq!(watch.pictures.len(), Watch::PICTURES);
}

#[test]
fn nothing_is_said_while_nothing_is_wanted() {
    let mut watching = Watching::default();
    let shown = shown([view("a", ViewSize::Large, ViewSize::Hidden)]);
    let some = members(&[person("a", Some(SfuAvailability::Ready))], &shown);
    let nobody = members(&[], &Shown::default());
    assert_eq!(watching.wish(&nobody), None);
    assert!(watching.wish(&some).is_some());
    let empty = watching.wish(&nobody).unwrap();
    assert!(empty.pictures.is_empty() && empty.unheard.is_empty());
    assert_eq!(watching.wish(&nobody), None);
}
