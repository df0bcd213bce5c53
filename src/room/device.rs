//! Devices as the browser lists them (W3C Media Capture section 9.2).

use serde::{Deserialize, Serialize};

/// `MediaDeviceInfo.deviceId`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(pub String);

/// A device is for one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// The browser lists it as `audioinput`.
    Microphone,
    /// The browser lists it as `videoinput`.
    Camera,
    /// The browser lists it as `audiooutput`.
    Speaker,
}

/// One device the browser lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The browser knows the device by this id, which is empty while permission is missing.
    pub id: DeviceId,
    /// The device is for this.
    pub kind: DeviceKind,
    /// People know the device by this name, which is empty while permission is missing.
    pub label: String,
}
