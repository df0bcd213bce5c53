//! Who is told how large they are shown, and what is counted.

use super::*;
use crate::protocol::ServerMessage;
use crate::room::channel::Channel;
use crate::room::media::local::MediaAction;
use crate::room::media::settings::CaptureSettings;
use crate::room::preferences::Preferences;
use crate::room::sending::view::Heard;
use crate::room::stage::choices::StageAction;
use crate::room::stage::tile::TileId;
use crate::room::testing::fixture::{BOTH, peer};
use crate::room::testing::visiting::{Visiting, views};
use crate::room::visit::action::VisitAction;
use crate::room::visit::event::VisitEvent;
use crate::room::visit::page::TileHeights;

const LARGE: TileHeights = TileHeights {
    main: 720.0,
    strip: 120.0,
};

/// In the call with two who can be told, and a stage that was measured.
fn measured() -> Visiting {
    let mut visiting = Visiting::joined(Preferences::default(), &["a", "b"]);
    visiting.want(VisitAction::SetHeights(LARGE));
    for id in ["a", "b"] {
        visiting.open(id, Channel::Chat);
    }
    visiting.wait(5_000);
    visiting
}

fn camera(size: ViewSize) -> ViewRequest {
    ViewRequest {
        camera: size,
        screen: ViewSize::Hidden,
        sound: Heard(true),
    }
}

#[test]
fn a_person_is_told_when_their_channel_opens_and_again_when_another_one_does() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    let heights = TileHeights {
        main: 200.0,
        strip: 0.0,
    };
    assert_eq!(views(&visiting.want(VisitAction::SetHeights(heights))), []);
    let mut told = views(&visiting.open("a", Channel::Chat));
    told.extend(views(&visiting.wait(5_000)));
    assert_eq!(told.last(), Some(&(peer("a"), camera(ViewSize::Thumbnail))));
    assert_eq!(views(&visiting.wait(60_000)), []);
    visiting.open("a", Channel::Chat);
    let told = views(&visiting.wait(5_000));
    assert_eq!(told, [(peer("a"), camera(ViewSize::Thumbnail))]);
}

#[test]
fn who_is_pinned_is_told_at_once_and_the_others_a_while_later() {
    let mut visiting = measured();
    let pin = StageAction::TogglePin(TileId::Camera(Participant::Peer(peer("a"))));
    assert_eq!(views(&visiting.want(VisitAction::Stage(pin.clone()))), []);
    assert_eq!(views(&visiting.wait(2_400)), []);
    let told = views(&visiting.wait(200));
    assert_eq!(told, [(peer("b"), camera(ViewSize::Thumbnail))]);
    let told = views(&visiting.want(VisitAction::Stage(pin)));
    assert_eq!(told, [(peer("b"), camera(ViewSize::Large))]);
}

#[test]
fn a_page_that_nobody_sees_asks_for_no_pictures_and_looks_again_each_second() {
    let mut visiting = measured();
    visiting.feed(VisitEvent::Sight(Visibility::Hidden));
    let effects = visiting.wait(5_000);
    let told = views(&effects);
    let nothing = |id| (peer(id), ViewRequest::HIDDEN);
    assert_eq!(told, [nothing("a"), nothing("b")]);
    let looks = |effects: &[VisitEffect]| {
        let look = |effect: &&VisitEffect| **effect == VisitEffect::LookAtPage;
        effects.iter().filter(look).count()
    };
    assert_eq!(looks(&effects), 5);
    let told = views(&visiting.feed(VisitEvent::Sight(Visibility::Seen)));
    assert_eq!(told.len(), 2, "pictures come at once");
    assert_eq!(looks(&visiting.wait(5_000)), 0);
}

#[test]
fn a_part_of_a_hidden_page_that_floats_is_seen_until_it_floats_no_more() {
    let mut visiting = measured();
    visiting.feed(VisitEvent::Sight(Visibility::Floating));
    let effects = visiting.wait(5_000);
    assert_eq!(views(&effects), []);
    assert!(effects.contains(&VisitEffect::LookAtPage));
    visiting.feed(VisitEvent::Sight(Visibility::Hidden));
    assert_eq!(views(&visiting.wait(3_000)).len(), 2);
}

#[test]
fn who_wants_sound_alone_asks_for_no_faces() {
    let mut visiting = measured();
    let settings = CaptureSettings {
        media: CallMedia::AudioOnly,
        ..CaptureSettings::default()
    };
    visiting.want(VisitAction::Media(MediaAction::Configure(settings)));
    let told = views(&visiting.wait(3_000));
    let hidden = |id| (peer(id), camera(ViewSize::Hidden));
    assert_eq!(told, [hidden("a"), hidden("b")]);
}

#[test]
fn what_arrives_is_counted_four_times_a_second_where_something_should_and_never_elsewhere() {
    let counts = |effects: &[VisitEffect]| {
        let count = |it: &&VisitEffect| matches!(it, VisitEffect::CountArrivals { .. });
        effects.iter().filter(count).count()
    };
    let mut visiting = measured();
    assert_eq!(counts(&visiting.wait(10_000)), 0, "nobody sends anything");
    visiting.server(ServerMessage::PeerMedia {
        peer: peer("a"),
        media: BOTH,
    });
    let counted = counts(&visiting.wait(2_000));
    assert!((8..=9).contains(&counted), "{counted}");
}
