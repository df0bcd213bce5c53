//! Devices as the browser lists them (W3C Media Capture section 9.2).

use serde::{Deserialize, Serialize};

/// `MediaDeviceInfo.deviceId`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(pub String);

/// What a device is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// `audioinput`
    Microphone,
    /// `videoinput`
    Camera,
    /// `audiooutput`
    Speaker,
}

/// One device the browser lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id; empty while permission is missing.
    pub id: DeviceId,
    /// What it is for.
    pub kind: DeviceKind,
    /// What it is called; empty while permission is missing.
    pub label: String,
}
