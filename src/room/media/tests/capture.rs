//! Devices and actions, event by event.

use super::*;
use crate::room::device::Device;
use crate::room::media::local::RememberedMedia;
use crate::room::media::settings::Resolution;

fn capable() -> (LocalMedia, Vec<MediaCommand>) {
    let mut media = LocalMedia::default();
    let commands = media.apply_event(MediaEvent::Environment(Environment::Capable));
    (media, commands)
}

fn live() -> LocalMedia {
    let (mut media, _) = capable();
    media.apply_event(MediaEvent::Started(DeviceKind::Microphone, None));
    media.apply_event(MediaEvent::Started(DeviceKind::Camera, None));
    media
}

fn id(text: &str) -> DeviceId {
    DeviceId(text.to_owned())
}

fn microphone(device: Option<DeviceId>) -> MediaCommand {
    MediaCommand::Capture {
        microphone: Some(device),
        camera: None,
    }
}

fn camera(device: Option<DeviceId>) -> MediaCommand {
    MediaCommand::Capture {
        microphone: None,
        camera: Some(device),
    }
}

#[test]
fn both_sources_are_asked_for_in_one_request() {
    let (media, commands) = capable();
    assert_eq!(
        commands,
        [MediaCommand::Capture {
            microphone: Some(None),
            camera: Some(None)
        }]
    );
    assert_eq!(media.microphone.capture, Capture::Requesting);
}

#[test]
fn what_was_remembered_as_off_is_not_asked_for() {
    let mut media = LocalMedia::default();
    media.apply_event(MediaEvent::Remembered(RememberedMedia {
        camera: Switch::Off,
        microphone_device: Some(id("m")),
        ..RememberedMedia::default()
    }));
    let commands = media.apply_event(MediaEvent::Environment(Environment::Capable));
    assert_eq!(commands, [microphone(Some(id("m")))]);
}

#[test]
fn an_insecure_page_asks_for_nothing() {
    let mut media = LocalMedia::default();
    assert!(
        media
            .apply_event(MediaEvent::Environment(Environment::Insecure))
            .is_empty()
    );
    assert!(
        media
            .apply_action(MediaAction::SetCamera(Switch::On))
            .is_empty()
    );
    assert!(media.apply_action(MediaAction::Retry).is_empty());
}

#[test]
fn muting_keeps_the_microphone_live_and_the_camera_stops() {
    let mut media = live();
    assert!(media.sent().audio && media.sent().video);
    assert_eq!(
        media.apply_action(MediaAction::SetMicrophone(Switch::Off)),
        [MediaCommand::EnableMicrophone(false)]
    );
    assert_eq!(media.microphone.capture, Capture::Live);
    assert_eq!(
        media.apply_action(MediaAction::SetCamera(Switch::Off)),
        [MediaCommand::Stop(DeviceKind::Camera)]
    );
    assert!(!media.sent().audio && !media.sent().video);
    assert_eq!(
        media.apply_action(MediaAction::SetMicrophone(Switch::On)),
        [MediaCommand::EnableMicrophone(true)]
    );
    assert_eq!(
        media.apply_action(MediaAction::SetCamera(Switch::On)),
        [camera(None)]
    );
}

#[test]
fn a_camera_that_starts_after_it_was_switched_off_is_stopped() {
    let (mut media, _) = capable();
    assert!(
        media
            .apply_action(MediaAction::SetCamera(Switch::Off))
            .is_empty()
    );
    assert_eq!(
        media.apply_event(MediaEvent::Started(DeviceKind::Camera, None)),
        [MediaCommand::Stop(DeviceKind::Camera)]
    );
    assert_eq!(media.camera.capture, Capture::Idle);
}

#[test]
fn a_microphone_that_starts_after_it_was_muted_is_silent() {
    let (mut media, _) = capable();
    media.apply_action(MediaAction::SetMicrophone(Switch::Off));
    assert_eq!(
        media.apply_event(MediaEvent::Started(DeviceKind::Microphone, None)),
        [MediaCommand::EnableMicrophone(false)]
    );
}

#[test]
fn a_chosen_device_that_fails_falls_back_to_the_default_once() {
    let mut media = live();
    assert_eq!(
        media.apply_action(MediaAction::Choose(DeviceKind::Camera, Some(id("c")))),
        [camera(Some(id("c")))]
    );
    assert!(media.sent().video, "the old one goes on meanwhile");
    assert_eq!(
        media.apply_event(MediaEvent::Failed(
            DeviceKind::Camera,
            MediaProblem::Unsuitable
        )),
        [camera(None)]
    );
    let mut failing = media.clone();
    assert_eq!(
        failing.apply_event(MediaEvent::Failed(
            DeviceKind::Camera,
            MediaProblem::Unsuitable
        )),
        [MediaCommand::Notify(Notice::NotUsable(DeviceKind::Camera))]
    );
    assert!(failing.sent().video, "the old one is still there");
    media.apply_event(MediaEvent::Started(DeviceKind::Camera, None));
    assert_eq!(media.camera.device, None);
    assert!(media.sent().video);
}

#[test]
fn a_refused_permission_is_not_asked_again_until_the_user_retries() {
    let (mut media, _) = capable();
    for kind in [DeviceKind::Microphone, DeviceKind::Camera] {
        assert!(
            media
                .apply_event(MediaEvent::Failed(kind, MediaProblem::PermissionDenied))
                .is_empty()
        );
    }
    assert_eq!(
        media.apply_action(MediaAction::Retry),
        [MediaCommand::Capture {
            microphone: Some(None),
            camera: Some(None)
        }]
    );
}

#[test]
fn an_unplugged_device_is_replaced_and_told_of_when_there_is_no_other() {
    let mut media = live();
    assert_eq!(
        media.apply_event(MediaEvent::Ended(DeviceKind::Microphone)),
        [microphone(None)]
    );
    media.apply_event(MediaEvent::Failed(
        DeviceKind::Microphone,
        MediaProblem::NoDevice,
    ));
    assert_eq!(
        media.microphone.capture,
        Capture::Failed(MediaProblem::Unplugged)
    );
    let plugged = Device {
        id: id("m"),
        kind: DeviceKind::Microphone,
        label: "Headset".to_owned(),
    };
    assert_eq!(
        media.apply_event(MediaEvent::Devices(vec![plugged])),
        [microphone(None)]
    );
}

#[test]
fn a_choice_made_while_the_browser_asks_is_honoured_afterwards() {
    let (mut media, _) = capable();
    assert!(
        media
            .apply_action(MediaAction::Choose(DeviceKind::Microphone, Some(id("m"))))
            .is_empty()
    );
    assert_eq!(
        media.apply_event(MediaEvent::Started(DeviceKind::Microphone, None)),
        [
            MediaCommand::EnableMicrophone(true),
            microphone(Some(id("m")))
        ]
    );
}

#[test]
fn a_phone_that_opens_one_camera_at_a_time_gets_the_old_one_stopped_first() {
    let mut media = live();
    media.apply_action(MediaAction::Choose(DeviceKind::Camera, Some(id("back"))));
    assert_eq!(
        media.apply_event(MediaEvent::Failed(
            DeviceKind::Camera,
            MediaProblem::DeviceBusy
        )),
        [
            MediaCommand::Stop(DeviceKind::Camera),
            camera(Some(id("back")))
        ]
    );
    assert_eq!(media.camera.capture, Capture::Requesting);
}

#[test]
fn other_settings_constrain_the_camera_and_capture_the_microphone_anew_without_a_gap() {
    let mut media = live();
    let mut settings = CaptureSettings {
        resolution: Resolution::P1080,
        ..CaptureSettings::default()
    };
    assert_eq!(
        media.apply_action(MediaAction::Configure(settings.clone())),
        [MediaCommand::Constrain(DeviceKind::Camera)]
    );
    assert_eq!(
        media.apply_event(MediaEvent::Unconstrained(DeviceKind::Camera)),
        [camera(None)]
    );
    settings.noise_suppression = Switch::Off;
    assert_eq!(
        media.apply_action(MediaAction::Configure(settings)),
        [microphone(None)]
    );
    assert!(media.sent().audio && media.sent().video);
}

#[test]
fn audio_only_stops_the_camera_until_the_user_turns_it_on() {
    let mut media = live();
    let audio_only = CaptureSettings {
        media: CallMedia::AudioOnly,
        ..CaptureSettings::default()
    };
    assert_eq!(
        media.apply_action(MediaAction::Configure(audio_only.clone())),
        [MediaCommand::Stop(DeviceKind::Camera)]
    );
    assert_eq!(
        media.apply_action(MediaAction::SetCamera(Switch::On)),
        [camera(None)]
    );
    assert_eq!(media.settings.media, CallMedia::AudioAndVideo);

    let mut remembered = LocalMedia::default();
    remembered.apply_event(MediaEvent::Remembered(RememberedMedia {
        capture: audio_only,
        ..RememberedMedia::default()
    }));
    assert_eq!(
        remembered.apply_event(MediaEvent::Environment(Environment::Capable)),
        [microphone(None)]
    );
}

fn headset(kind: DeviceKind) -> Device {
    Device {
        id: id("headset"),
        kind,
        label: "Headset".to_owned(),
    }
}

fn built_in() -> Device {
    Device {
        id: id("built-in"),
        kind: DeviceKind::Microphone,
        label: "Built-in".to_owned(),
    }
}

#[test]
fn a_chosen_microphone_that_disappears_is_replaced_once_and_taken_back_when_it_returns() {
    let both = vec![built_in(), headset(DeviceKind::Microphone)];
    let mut media = live();
    media.apply_event(MediaEvent::Devices(both.clone()));
    media.apply_action(MediaAction::Choose(
        DeviceKind::Microphone,
        Some(id("headset")),
    ));
    media.apply_event(MediaEvent::Started(DeviceKind::Microphone, None));
    assert_eq!(
        media.apply_event(MediaEvent::Devices(vec![built_in()])),
        [microphone(None)]
    );
    assert!(
        media
            .apply_event(MediaEvent::Ended(DeviceKind::Microphone))
            .is_empty()
    );
    assert_eq!(
        media.apply_event(MediaEvent::Started(DeviceKind::Microphone, None)),
        [
            MediaCommand::EnableMicrophone(true),
            MediaCommand::Notify(Notice::FellBack(DeviceKind::Microphone))
        ]
    );
    assert_eq!(
        media.apply_event(MediaEvent::Devices(both)),
        [
            microphone(Some(id("headset"))),
            MediaCommand::Notify(Notice::InUseAgain("Headset".to_owned()))
        ]
    );
}

#[test]
fn a_new_headset_is_offered_and_used_whole() {
    let speaker = headset(DeviceKind::Speaker);
    let loud = Device {
        id: id("loud"),
        ..speaker.clone()
    };
    let before = vec![built_in(), loud];
    let mut media = live();
    media.apply_event(MediaEvent::Devices(before.clone()));
    let halves = vec![headset(DeviceKind::Microphone), speaker];
    let after = [before, halves.clone()].concat();
    assert_eq!(
        media.apply_event(MediaEvent::Devices(after)),
        [MediaCommand::Offer("Headset".to_owned(), halves.clone())]
    );
    assert_eq!(
        media.apply_action(MediaAction::Use(halves)),
        [microphone(Some(id("headset")))]
    );
    assert_eq!(media.settings.speaker_device, Some(id("headset")));
}

#[test]
fn release_stops_what_is_live_and_what_starts_late() {
    let mut media = live();
    media.apply_action(MediaAction::SetCamera(Switch::Off));
    media.apply_action(MediaAction::SetCamera(Switch::On));
    assert_eq!(
        media.release(),
        [MediaCommand::Stop(DeviceKind::Microphone)]
    );
    assert_eq!(
        media.apply_event(MediaEvent::Started(DeviceKind::Camera, None)),
        [MediaCommand::Stop(DeviceKind::Camera)]
    );
    assert_eq!(
        media.acquire(),
        [MediaCommand::Capture {
            microphone: Some(None),
            camera: Some(None)
        }]
    );
}
