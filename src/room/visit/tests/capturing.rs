//! Camera, microphone and screen in a visit.

use super::*;
use crate::protocol::{ClientMessage, MediaState};
use crate::room::device::{Device, DeviceId, DeviceKind};
use crate::room::participant::Participant;
use crate::room::preferences::Preferences;
use crate::room::switch::Switch;
use crate::room::testing::visiting::{Visiting, place, told};
use crate::room::visit::event::VisitEvent;

const MUTED: MediaState = MediaState {
    audio: false,
    video: true,
    screen: false,
};

fn is_sent(media: MediaState) -> impl Fn(&VisitEffect) -> bool {
    move |effect| *effect == VisitEffect::Send(ClientMessage::Media(media))
}

#[test]
fn a_muted_microphone_is_silent_at_once_and_the_room_hears_of_it_and_the_next_visit_too() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    let mute = VisitAction::Media(MediaAction::SetMicrophone(Switch::Off));
    let effects = visiting.want(mute.clone());
    let silent = VisitEffect::Capture(MediaCommand::EnableMicrophone(false));
    let silenced = place(&effects, |effect| *effect == silent);
    assert!(silenced < place(&effects, is_sent(MUTED)));
    assert!(effects.contains(&VisitEffect::Remember));
    assert_eq!(visiting.visit.preferences().microphone, Switch::Off);
    assert!(!visiting.visit.media().sent().audio);
    // Saying it again tells nobody anything.
    assert!(!visiting.want(mute).iter().any(is_sent(MUTED)));
}

#[test]
fn tracks_are_attached_before_the_room_is_told_of_them() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    visiting.want(VisitAction::Screen(ScreenAction::Share));
    let effects = visiting.feed(VisitEvent::Screen(ScreenEvent::Started));
    let sent = MediaState {
        audio: true,
        video: true,
        screen: true,
    };
    let attached = place(&effects, |effect| *effect == VisitEffect::AttachTracks);
    assert!(attached < place(&effects, is_sent(sent)));
}

#[test]
fn a_camera_that_was_replaced_is_told_in_the_call_and_not_in_the_lobby() {
    // It is unplugged, and the browser's default takes its place.
    let replace = |visiting: &mut Visiting| {
        visiting.feed(VisitEvent::Media(MediaEvent::Ended(DeviceKind::Camera)));
        assert!(!visiting.visit.media().sent().video);
        let started = MediaEvent::Started(DeviceKind::Camera, None);
        visiting.feed(VisitEvent::Media(started))
    };
    let mut lobby = Visiting::opened(Preferences::default());
    assert_eq!(told(&replace(&mut lobby)), Vec::<&Notice>::new());
    let mut visiting = Visiting::joined(Preferences::default(), &[]);
    let effects = replace(&mut visiting);
    assert_eq!(told(&effects), [&Notice::FellBack(DeviceKind::Camera)]);
    assert!(visiting.visit.media().sent().video);
}

#[test]
fn a_new_headset_is_offered_with_a_button_in_the_call_alone() {
    let device = |id: &str| Device {
        kind: DeviceKind::Microphone,
        id: DeviceId(id.to_owned()),
        label: format!("Label of {id}"),
    };
    let list = |ids: &[&str]| {
        let devices = ids.iter().map(|id| device(id)).collect();
        VisitEvent::Media(MediaEvent::Devices(devices))
    };
    let offers = |effects: &[VisitEffect]| {
        let offer = |effect: &&VisitEffect| matches!(effect, VisitEffect::Offer(..));
        effects.iter().filter(offer).count()
    };
    let mut visiting = Visiting::joined(Preferences::default(), &[]);
    visiting.feed(list(&["built-in"]));
    let effects = visiting.feed(list(&["built-in", "headset"]));
    let offer = effects.iter().find_map(|effect| match effect {
        VisitEffect::Offer(Notice::NewDevice(label), action) => Some((label, action)),
        _ => None,
    });
    let (label, action) = offer.unwrap();
    assert_eq!(label, "Label of headset");
    visiting.want(action.clone());
    let chosen = DeviceId("headset".to_owned());
    assert_eq!(visiting.visit.media().microphone.device, Some(chosen));

    let mut lobby = Visiting::opened(Preferences::default());
    lobby.feed(list(&["built-in"]));
    assert_eq!(offers(&lobby.feed(list(&["built-in", "headset"]))), 0);
}

#[test]
fn what_was_remembered_is_how_the_page_opens() {
    let mut visiting = Visiting::opened(Preferences {
        microphone: Switch::Off,
        camera: Switch::Off,
        self_view: Switch::Off,
        ..Preferences::default()
    });
    assert_eq!(visiting.visit.media().sent(), MediaState::default());
    assert_eq!(visiting.visit.stage().self_view(), Switch::Off);
    let effects = visiting.want(VisitAction::Media(MediaAction::Retry));
    assert!(!effects.contains(&VisitEffect::Remember));
    assert_eq!(visiting.visit.shown_level(&Participant::Me, 0.7), 0.0);
}
