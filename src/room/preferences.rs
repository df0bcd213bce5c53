//! What is remembered from visit to visit, in the browser and nowhere else.

use serde::{Deserialize, Serialize};

use super::capture_settings::CaptureSettings;
use super::media::{DeviceId, Switch};
use super::privacy::AddressPrivacy;
use super::sending::DataMode;
use super::stage::Layout;

/// Remembered choices. Every field has a default, so that what an older version stored still reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Preferences {
    /// The name last used; empty when none was.
    pub name: String,
    /// Whether the microphone is on when entering.
    pub microphone: Switch,
    /// Whether the camera is on when entering.
    pub camera: Switch,
    /// The microphone last chosen.
    pub microphone_device: Option<DeviceId>,
    /// The camera last chosen.
    pub camera_device: Option<DeviceId>,
    /// How to capture, and which speaker to use.
    pub capture: CaptureSettings,
    /// Whether coming, going, messages and hands are heard.
    pub sounds: Switch,
    /// How tiles are arranged.
    pub layout: Layout,
    /// How sparing to be with data.
    pub data: DataMode,
    /// Whether the own picture is among the tiles.
    pub self_view: Switch,
    /// Whether the others may learn this computer's address.
    pub address: AddressPrivacy,
}
