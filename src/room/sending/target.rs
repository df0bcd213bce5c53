//! What the controller is told about the own media, and what it wants of each sender.

use crate::protocol::fields::{Fields, WrongField};
use crate::room::switch::Switch;

/// The own side of what is sent: what is captured, and how sparing to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SendingSettings {
    /// The shorter side of the captured picture has so many pixels (720 for 1280×720 and for a phone held upright);
    /// `None` while the camera is off.
    pub camera_lines: Option<u32>,
    /// So many frames are captured each second.
    pub frame_rate: f64,
    /// The screen is shared, or not.
    pub screen: Screen,
    /// The user is this sparing with data.
    pub data: DataMode,
}

impl Default for SendingSettings {
    fn default() -> Self {
        Self {
            camera_lines: None,
            frame_rate: 30.0,
            screen: Screen::NotShared,
            data: DataMode::Normal,
        }
    }
}

/// The own screen is shared, or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// The screen is not shared.
    #[default]
    NotShared,
    /// The screen is shared.
    Shared,
}

/// The user is this sparing with data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataMode {
    /// What is sent is as good as the paths allow.
    #[default]
    Normal,
    /// Pictures are small and sound is narrow, whatever the paths allow.
    Save,
}

impl From<Switch> for DataMode {
    fn from(save_data: Switch) -> Self {
        match save_data {
            Switch::On => Self::Save,
            Switch::Off => Self::Normal,
        }
    }
}

/// What to send to one person: the `encodings[0]` of each of the connection's senders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SendTargets {
    /// Sound is sent at all: it is not where the other side hears it over the SFU.
    pub sound: bool,
    /// The voice is sent like this. It is never off: muting is the track's business.
    pub microphone: AudioTarget,
    /// The face is sent like this.
    pub camera: VideoTarget,
    /// The sound of the shared screen is sent like this.
    pub screen_audio: AudioTarget,
    /// The shared screen is sent like this.
    pub screen: VideoTarget,
}

impl SendTargets {
    /// All of it, in bits/s.
    pub fn bitrate(&self) -> u32 {
        let screen = match self.screen {
            VideoTarget::Off => 0,
            VideoTarget::On { max_bitrate, .. } => max_bitrate + self.screen_audio.max_bitrate,
        };
        self.microphone.max_bitrate + self.camera.bitrate() + screen
    }
}

/// One sender of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioTarget {
    /// This is `RTCRtpEncodingParameters.maxBitrate`, in bits/s.
    pub max_bitrate: u32,
}

/// One sender of pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum VideoTarget {
    /// Nothing is encoded or sent: `active: false`.
    #[default]
    Off,
    /// Pictures are sent with these `RTCRtpEncodingParameters`: `active: true`.
    On {
        /// At most so much is sent, in bits/s.
        max_bitrate: u32,
        /// The picture is made smaller by this factor, at least 1.
        scale_resolution_down_by: f64,
        /// At most so many frames are sent each second.
        max_framerate: f64,
    },
}

impl VideoTarget {
    /// Bits/s; 0 when off.
    pub fn bitrate(&self) -> u32 {
        match self {
            Self::Off => 0,
            Self::On { max_bitrate, .. } => *max_bitrate,
        }
    }
}

/// How sparing to be with data, as it was remembered.
pub(crate) fn data_mode(fields: Fields<'_>) -> Result<DataMode, WrongField> {
    Ok(match fields.maybe_text("data")? {
        Some("save") => DataMode::Save,
        _ => DataMode::Normal,
    })
}
