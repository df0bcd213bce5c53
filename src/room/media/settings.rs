//! How to capture: remembered choices, and the constraints they stand for.
//!
//! Invariant: whatever an older or later version stored reads as something sensible; constraints ask for what was chosen
//! but refuse only what is of no use, so that a poor camera is better than an `OverconstrainedError`.

use serde::Serialize;
use serde_json::Value;

use crate::protocol::fields::{Fields, Read, WrongField};
use crate::room::device::DeviceId;
use crate::room::sending::target::{DataMode, data_mode};
use crate::room::switch::{Switch, switch};

/// A picture has one of these sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub enum Resolution {
    /// The picture has 640×360 pixels.
    #[serde(rename = "360p")]
    P360,
    /// The picture has 1920×1080 pixels.
    #[serde(rename = "1080p")]
    P1080,
    /// The picture has 1280×720 pixels.
    #[default]
    #[serde(rename = "720p")]
    P720,
}

impl Resolution {
    /// These are all of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::P360, Self::P720, Self::P1080];

    /// Width and height in pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::P360 => (640, 360),
            Self::P720 => (1_280, 720),
            Self::P1080 => (1_920, 1_080),
        }
    }
}

/// So many frames are captured each second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub enum FrameRate {
    /// 15 frames are captured each second.
    #[serde(rename = "15")]
    Fps15,
    /// 24 frames are captured each second.
    #[serde(rename = "24")]
    Fps24,
    /// 60 frames are captured each second.
    #[serde(rename = "60")]
    Fps60,
    /// 30 frames are captured each second.
    #[default]
    #[serde(rename = "30")]
    Fps30,
}

impl FrameRate {
    /// These are all of them, the slowest first.
    pub const ALL: [Self; 4] = [Self::Fps15, Self::Fps24, Self::Fps30, Self::Fps60];

    /// Frames each second.
    pub fn per_second(self) -> f64 {
        match self {
            Self::Fps15 => 15.0,
            Self::Fps24 => 24.0,
            Self::Fps30 => 30.0,
            Self::Fps60 => 60.0,
        }
    }
}

/// Pictures take part in the call, or they do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallMedia {
    /// Only sound takes part: no camera is opened, and others are asked to send no faces.
    AudioOnly,
    /// Sound and pictures take part.
    #[default]
    AudioAndVideo,
}

/// All of this about capturing is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureSettings {
    /// The picture has this size.
    pub resolution: Resolution,
    /// Pictures follow each other this fast.
    pub frame_rate: FrameRate,
    /// The browser's `echoCancellation` is on or off.
    pub echo_cancellation: Switch,
    /// The browser's `noiseSuppression` is on or off.
    pub noise_suppression: Switch,
    /// The browser's `autoGainControl` is on or off.
    pub auto_gain_control: Switch,
    /// Pictures take part, or they do not.
    pub media: CallMedia,
    /// The user is this sparing with data.
    pub data: DataMode,
    /// This speaker was last chosen; `None` is the browser's default.
    pub speaker_device: Option<DeviceId>,
}

impl Read for CaptureSettings {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Ok(Self {
            resolution: match fields.maybe_text("resolution")? {
                Some("360p") => Resolution::P360,
                Some("1080p") => Resolution::P1080,
                _ => Resolution::P720,
            },
            frame_rate: match fields.maybe_text("frameRate")? {
                Some("15") => FrameRate::Fps15,
                Some("24") => FrameRate::Fps24,
                Some("60") => FrameRate::Fps60,
                _ => FrameRate::Fps30,
            },
            echo_cancellation: switch(fields, "echoCancellation")?,
            noise_suppression: switch(fields, "noiseSuppression")?,
            auto_gain_control: switch(fields, "autoGainControl")?,
            media: match fields.maybe_text("media")? {
                Some("audio-only") => CallMedia::AudioOnly,
                _ => CallMedia::AudioAndVideo,
            },
            data: data_mode(fields)?,
            speaker_device: fields.maybe_string("speakerDevice")?.map(DeviceId),
        })
    }
}

/// A range as `ConstrainULong` and `ConstrainDouble` have it (W3C Media Capture section 11).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConstrainedRange {
    /// Less is refused.
    pub min: f64,
    /// This is wanted.
    pub ideal: f64,
    /// More is refused.
    pub max: f64,
}

/// A camera is asked for this.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VideoConstraints {
    /// The picture should be this wide, in pixels.
    pub width: ConstrainedRange,
    /// The picture should be this high, in pixels.
    pub height: ConstrainedRange,
    /// So many frames should come each second.
    pub frame_rate: ConstrainedRange,
}

/// A microphone is asked for this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioConstraints {
    /// The browser's `echoCancellation` is on or off.
    pub echo_cancellation: Switch,
    /// The browser's `noiseSuppression` is on or off.
    pub noise_suppression: Switch,
    /// The browser's `autoGainControl` is on or off.
    pub auto_gain_control: Switch,
}

impl CaptureSettings {
    /// What to ask of the camera; `None` in a call without pictures.
    pub fn video(&self) -> Option<VideoConstraints> {
        if self.media == CallMedia::AudioOnly {
            return None;
        }
        let (width, height) = self.resolution.size();
        let frame_rate = self.frame_rate.per_second();
        // A phone held upright gives the sides the other way round, so neither bound may cut that off.
        let longest = f64::from(width);
        let side = |ideal: u32| ConstrainedRange {
            min: 120.0,
            ideal: f64::from(ideal),
            max: longest,
        };
        Some(VideoConstraints {
            width: side(width),
            height: side(height),
            frame_rate: ConstrainedRange {
                min: 5.0,
                ideal: frame_rate,
                max: frame_rate.max(30.0),
            },
        })
    }

    /// What to ask of the microphone.
    pub fn audio(&self) -> AudioConstraints {
        AudioConstraints {
            echo_cancellation: self.echo_cancellation,
            noise_suppression: self.noise_suppression,
            auto_gain_control: self.auto_gain_control,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::fields::read_text;

    #[test]
    fn what_other_versions_stored_still_reads() {
        let read = |text| read_text::<CaptureSettings>(text);
        assert_eq!(read("{}").unwrap(), CaptureSettings::default());
        let settings =
            read(r#"{"resolution":"2160p","frameRate":"24","media":"holographic","new":[]}"#)
                .unwrap();
        assert_eq!(settings.resolution, Resolution::P720);
        assert_eq!(settings.frame_rate, FrameRate::Fps24);
        assert_eq!(settings.media, CallMedia::AudioAndVideo);
    }

    #[test]
    fn all_choices_survive_being_stored() {
        for resolution in Resolution::ALL {
            for frame_rate in FrameRate::ALL {
                let settings = CaptureSettings {
                    resolution,
                    frame_rate,
                    echo_cancellation: Switch::Off,
                    media: CallMedia::AudioOnly,
                    data: DataMode::Save,
                    speaker_device: Some(DeviceId("loud".to_owned())),
                    ..CaptureSettings::default()
                };
                let stored = serde_json::to_string(&settings).unwrap();
                assert_eq!(read_text::<CaptureSettings>(&stored).unwrap(), settings);
            }
        }
    }

    #[test]
    fn constraints_ask_for_what_was_chosen_and_fit_an_upright_phone() {
        for resolution in Resolution::ALL {
            let settings = CaptureSettings {
                resolution,
                ..CaptureSettings::default()
            };
            let video = settings.video().unwrap();
            let (width, height) = resolution.size();
            assert_eq!(
                (video.width.ideal, video.height.ideal),
                (width.into(), height.into())
            );
            assert!(video.height.max >= f64::from(width));
            for range in [video.width, video.height, video.frame_rate] {
                assert!(range.min <= range.ideal && range.ideal <= range.max);
            }
        }
        assert_eq!(
            CaptureSettings::default().audio().echo_cancellation,
            Switch::On
        );
    }

    #[test]
    fn a_call_without_pictures_opens_no_camera() {
        let settings = CaptureSettings {
            media: CallMedia::AudioOnly,
            ..CaptureSettings::default()
        };
        assert_eq!(settings.video(), None);
    }
}
