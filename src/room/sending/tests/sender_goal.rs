//! What is to be set on a sender.

use super::*;

const TARGETS: HubTargets = HubTargets {
    microphone: AudioTarget {
        max_bitrate: 40_000,
    },
    screen_audio: AudioTarget {
        max_bitrate: 64_000,
    },
    sound: true,
    camera: [
        LayerTarget {
            layer: Layer::Quarter,
            target: VideoTarget::On {
                max_bitrate: 150_000,
                scale_resolution_down_by: 4.0,
                max_framerate: 15.0,
            },
        },
        LayerTarget {
            layer: Layer::Half,
            target: VideoTarget::Off,
        },
        LayerTarget {
            layer: Layer::Full,
            target: VideoTarget::Off,
        },
    ],
    screen: HubTargets::SILENT.screen,
};

fn layers_of(goal: &SenderGoal) -> Vec<Option<Layer>> {
    goal.encodings.iter().map(|(layer, _)| *layer).collect()
}

fn is_active(goal: &SenderGoal) -> Vec<bool> {
    let encodings = goal.encodings.iter();
    encodings.map(|(_, encoding)| encoding.active).collect()
}

#[test]
fn each_sender_has_its_own_encodings() {
    use Layer::{Full, Half, Quarter};
    let of = |kind| layers_of(&TARGETS.goal(kind));
    assert_eq!(of(TrackKind::Microphone), [None]);
    assert_eq!(of(TrackKind::ScreenAudio), [None]);
    assert_eq!(
        of(TrackKind::Camera),
        [Some(Quarter), Some(Half), Some(Full)]
    );
    assert_eq!(of(TrackKind::ScreenVideo), [Some(Quarter), Some(Full)]);
    let sharp = TrackKind::ALL.map(|kind| TARGETS.goal(kind).keeps_sharpness);
    assert_eq!(sharp, [false, false, false, true]);
}

#[test]
fn sound_that_nobody_hears_is_not_encoded_and_keeps_its_limit() {
    let heard = TARGETS.goal(TrackKind::ScreenAudio).encodings[0].1;
    assert!(heard.active);
    assert_eq!(heard.max_bitrate, Some(64_000.0));
    let silent = HubTargets {
        sound: false,
        ..TARGETS
    };
    for kind in [TrackKind::Microphone, TrackKind::ScreenAudio] {
        let unheard = silent.goal(kind).encodings[0].1;
        assert_eq!(
            unheard.differences(&EncodingParameters {
                active: true,
                max_bitrate: Some(64_000.0),
                ..EncodingParameters::default()
            }),
            [Parameter::Active(false)]
        );
    }
}

#[test]
fn silence_and_a_hold_send_no_picture() {
    let held = TARGETS.without_pictures();
    assert!(held.sound);
    assert_eq!(held.microphone, TARGETS.microphone);
    for targets in [held, HubTargets::SILENT] {
        for kind in [TrackKind::Camera, TrackKind::ScreenVideo] {
            assert!(!is_active(&targets.goal(kind)).contains(&true));
            assert_eq!(
                layers_of(&targets.goal(kind)),
                layers_of(&TARGETS.goal(kind))
            );
        }
    }
    assert_eq!(
        is_active(&HubTargets::SILENT.goal(TrackKind::Microphone)),
        [false]
    );
}

#[test]
fn only_what_differs_is_set() {
    let goal = TARGETS.goal(TrackKind::Camera).encodings[0].1;
    assert_eq!(goal.differences(&goal), []);
    let paused = EncodingParameters {
        active: false,
        max_framerate: None,
        ..goal
    };
    assert_eq!(
        goal.differences(&paused),
        [
            Parameter::Active(true),
            Parameter::Number("maxFramerate", 15.0)
        ]
    );
    let other = EncodingParameters {
        max_bitrate: Some(1.0),
        scale_resolution_down_by: None,
        ..goal
    };
    assert_eq!(
        goal.differences(&other),
        [
            Parameter::Number("maxBitrate", 150_000.0),
            Parameter::Number("scaleResolutionDownBy", 4.0)
        ]
    );
}

#[test]
fn a_layer_that_is_off_keeps_its_limits() {
    let off = TARGETS.goal(TrackKind::Camera).encodings[2].1;
    let on = TARGETS.goal(TrackKind::Camera).encodings[0].1;
    assert_eq!(off.differences(&on), [Parameter::Active(false)]);
    let is_off = EncodingParameters {
        active: false,
        ..on
    };
    assert_eq!(off.differences(&is_off), []);
}
