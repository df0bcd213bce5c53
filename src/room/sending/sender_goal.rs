//! What the parameters of one sender should be, and how that differs from what they are.
//!
//! Invariant: a parameter that is as it should be is not among the differences, so that where there are none nothing needs to
//! be set.

use super::hub_targets::{HubTargets, LayerTarget};
use super::target::{AudioTarget, VideoTarget};
use crate::protocol::sfu::Layer;
use crate::room::participant::TrackKind;

/// How one sender should send.
#[derive(Clone, Debug, PartialEq)]
pub struct SenderGoal {
    /// Each encoding should be like this. One of sound has no layer, and is the only one.
    pub encodings: Vec<(Option<Layer>, EncodingParameters)>,
    /// It rather loses frames than sharpness.
    pub keeps_sharpness: bool,
}

/// `RTCRtpEncodingParameters` (W3C WebRTC section 5.2.5), as far as they are steered. Of a goal what is `None` stays as it is; of
/// what the browser tells it is not set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EncodingParameters {
    /// It is encoded and sent, or not.
    pub active: bool,
    /// At most so much is sent, in bits/s.
    pub max_bitrate: Option<f64>,
    /// The picture is made smaller by this factor, at least 1.
    pub scale_resolution_down_by: Option<f64>,
    /// At most so many frames are sent each second.
    pub max_framerate: Option<f64>,
}

/// A parameter of an encoding, and the value it should have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Parameter {
    /// `active` should be this.
    Active(bool),
    /// The number of this name should be this.
    Number(&'static str, f64),
}

impl HubTargets {
    /// How the sender of this kind should send.
    pub fn goal(&self, kind: TrackKind) -> SenderGoal {
        let encodings = match kind {
            TrackKind::Microphone => vec![(None, self.sound_goal(self.microphone))],
            TrackKind::ScreenAudio => vec![(None, self.sound_goal(self.screen_audio))],
            TrackKind::Camera => layers(&self.camera),
            TrackKind::ScreenVideo => layers(&self.screen),
        };
        SenderGoal {
            encodings,
            keeps_sharpness: kind == TrackKind::ScreenVideo,
        }
    }

    fn sound_goal(&self, target: AudioTarget) -> EncodingParameters {
        EncodingParameters {
            active: self.sound,
            max_bitrate: self.sound.then(|| f64::from(target.max_bitrate)),
            ..EncodingParameters::default()
        }
    }
}

fn layers(targets: &[LayerTarget]) -> Vec<(Option<Layer>, EncodingParameters)> {
    let layers = targets.iter();
    layers
        .map(|layer| (Some(layer.layer), EncodingParameters::of(layer.target)))
        .collect()
}

impl EncodingParameters {
    fn of(target: VideoTarget) -> Self {
        match target {
            VideoTarget::Off => Self::default(),
            VideoTarget::On {
                max_bitrate,
                scale_resolution_down_by,
                max_framerate,
            } => Self {
                active: true,
                max_bitrate: Some(f64::from(max_bitrate)),
                scale_resolution_down_by: Some(scale_resolution_down_by),
                max_framerate: Some(max_framerate),
            },
        }
    }

    /// What has to be set so that an encoding that is like `state` becomes like this goal.
    pub fn differences(&self, state: &Self) -> Vec<Parameter> {
        let numbers = [
            ("maxBitrate", self.max_bitrate, state.max_bitrate),
            (
                "scaleResolutionDownBy",
                self.scale_resolution_down_by,
                state.scale_resolution_down_by,
            ),
            ("maxFramerate", self.max_framerate, state.max_framerate),
        ];
        let mut differences = Vec::new();
        if self.active != state.active {
            differences.push(Parameter::Active(self.active));
        }
        for (name, wanted, is) in numbers {
            if let Some(wanted) = wanted
                && is != Some(wanted)
            {
                differences.push(Parameter::Number(name, wanted));
            }
        }
        differences
    }
}

#[cfg(test)]
#[path = "tests/sender_goal.rs"]
mod tests;
