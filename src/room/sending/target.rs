//! What the controller is told about the own media, and what it wants of each sender.

use crate::protocol::fields::{Fields, WrongField};
use crate::room::switch::Switch;

/// What is captured and how sparing to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SendingSettings {
    /// The shorter side of the captured picture in pixels (720 for 1280×720 and for a phone held upright); `None`
    /// while the camera is off.
    pub camera_lines: Option<u32>,
    /// Frames captured each second.
    pub frame_rate: f64,
    /// Whether the screen is shared.
    pub screen: Screen,
    /// How sparing to be.
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

/// Whether the own screen is shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// It is not.
    #[default]
    NotShared,
    /// It is.
    Shared,
}

/// How sparing to be with data, chosen by the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataMode {
    /// As good as the paths allow.
    #[default]
    Normal,
    /// Small pictures and narrow sound, whatever the paths allow.
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
    /// The voice. Never off: muting is the track's business.
    pub microphone: AudioTarget,
    /// The face.
    pub camera: VideoTarget,
    /// The sound of the shared screen.
    pub screen_audio: AudioTarget,
    /// The shared screen.
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
    /// `RTCRtpEncodingParameters.maxBitrate`, in bits/s.
    pub max_bitrate: u32,
}

/// One sender of pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum VideoTarget {
    /// `active: false`: nothing is encoded or sent.
    #[default]
    Off,
    /// `active: true`, with these `RTCRtpEncodingParameters`.
    On {
        /// Bits/s.
        max_bitrate: u32,
        /// At least 1.
        scale_resolution_down_by: f64,
        /// Frames each second.
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
