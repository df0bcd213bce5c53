//! The painted stage.

use super::*;
use crate::protocol::{ParticipantKind, ServerMessage};
use crate::room::channel::{Addressed, Channel};
use crate::room::media::local::MediaAction;
use crate::room::messaging::channel::frame::Frame;
use crate::room::notice::Notice;
use crate::room::preferences::Preferences;
use crate::room::stage::choices::StageAction;
use crate::room::switch::Switch;
use crate::room::testing::fixture::{BOTH, peer};
use crate::room::testing::visiting::{Visiting, told};
use crate::room::visit::action::VisitAction;

/// What is painted: whose, what, and whether a picture is sent.
fn painted(visiting: &Visiting) -> Vec<(String, TrackKind, bool)> {
    let scene = visiting.visit.scene(1_280.0, 720.0);
    scene
        .into_iter()
        .map(|tile| (tile.name, tile.kind, tile.live))
        .collect()
}

#[test]
fn the_scene_is_the_stage_with_everyones_name_and_whether_they_send_a_picture() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    let camera = TrackKind::Camera;
    let ada = |live| ("Ada".to_owned(), camera, live);
    let other = |kind, live| ("Name of a".to_owned(), kind, live);
    assert_eq!(painted(&visiting), [ada(true), other(camera, false)]);
    visiting.want(VisitAction::Media(MediaAction::SetCamera(Switch::Off)));
    visiting.server(ServerMessage::PeerMedia {
        peer: peer("a"),
        media: MediaState {
            screen: true,
            ..BOTH
        },
    });
    let screen = TrackKind::ScreenVideo;
    let expected = [other(screen, true), ada(false), other(camera, true)];
    assert_eq!(painted(&visiting), expected);
    let no_self_view = StageAction::SetSelfView(Switch::Off);
    visiting.want(VisitAction::Stage(no_self_view));
    assert_eq!(
        painted(&visiting),
        [other(screen, true), other(camera, true)]
    );
}

#[test]
fn tiles_stay_within_the_picture_and_are_marked_with_an_initial() {
    let visiting = Visiting::joined(Preferences::default(), &["a", "b", "c", "d"]);
    let scene = visiting.visit.scene(1_280.0, 720.0);
    assert_eq!(scene.len(), 5);
    for tile in scene {
        let place = tile.place;
        assert!(place.x >= 0.0 && place.y >= 0.0 && place.width > 0.0);
        assert!(place.x + place.width <= 1_280.0 && place.y + place.height <= 720.0);
        assert_eq!(tile.initials, tile.name[..1]);
    }
}

#[test]
fn nothing_is_painted_outside_a_call() {
    assert_eq!(painted(&Visiting::opened(Preferences::default())), []);
}

#[test]
fn people_of_one_name_are_painted_and_quoted_apart_and_passed_on_as_they_are_called() {
    let mut visiting = Visiting::joined(Preferences::default(), &[]);
    visiting.server(ServerMessage::PeerJoined {
        peer: peer("a"),
        name: "ADA".to_owned(),
        media: MediaState::default(),
        kind: ParticipantKind::Person,
        sfu: None,
    });
    let names: Vec<String> = painted(&visiting).into_iter().map(|tile| tile.0).collect();
    assert_eq!(names, ["Ada", "ADA 2"]);
    visiting.open("a", Channel::Chat);
    let said = r#"{"type":"message","id":"a-1","text":"hello","sentAt":5}"#;
    let effects = visiting.frame("a", Channel::Chat, Frame::Text(said.to_owned()));
    let messaging = visiting.visit.messaging().unwrap();
    let entry = messaging.conversation().entries().next().unwrap();
    assert_eq!(
        (entry.name.as_str(), entry.given.as_str()),
        ("ADA 2", "ADA")
    );
    assert_eq!(entry.to_history().unwrap().name.as_str(), "ADA");
    let beginning = "hello".to_owned();
    let said = Notice::said(Addressed::Everyone, entry.name.clone(), beginning);
    assert_eq!(told(&effects), [&said]);
}

#[test]
fn a_device_has_a_tile_while_it_sends_a_picture_and_is_not_counted() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    visiting.come_as_device("lamp");
    let names = |visiting: &Visiting| -> Vec<String> {
        painted(visiting).into_iter().map(|tile| tile.0).collect()
    };
    let people = ["Ada", "Name of a"];
    assert_eq!(names(&visiting), people);
    let media = |video, screen| ServerMessage::PeerMedia {
        peer: peer("lamp"),
        media: MediaState {
            audio: true,
            video,
            screen,
        },
    };
    visiting.server(media(false, false));
    assert_eq!(names(&visiting), people, "it is only heard");
    visiting.server(media(true, false));
    assert_eq!(names(&visiting), ["Ada", "Name of a", "Name of lamp"]);
    let call = visiting.visit.call().call().unwrap();
    assert_eq!((call.head_count(), call.devices().count()), (2, 1));
    visiting.server(media(false, false));
    assert_eq!(names(&visiting), people);
    visiting.server(media(false, true));
    assert_eq!(names(&visiting)[0], "Name of lamp", "its screen");
}
