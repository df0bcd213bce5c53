//! What is written on what switches something, and what its keys do.

use crate::room::DeviceKind;

pub(crate) const HOLD_SPACE: &str = "or hold Space to talk";
pub(crate) const MICROPHONE_LEVEL: &str = "Microphone level";
pub(crate) const NO_SCREEN_SHARING: &str =
    "This browser cannot share a screen. Browsers on computers can.";

// The menus of devices.
pub(crate) const NO_DEVICE: &str = "None found yet";
pub(crate) const DEFAULT_DEVICE: &str = "Default";

// What the keys do.
pub(crate) const KEYS_MICROPHONE: &str = "Mute or unmute your microphone";
pub(crate) const KEYS_CAMERA: &str = "Turn your camera on or off";
pub(crate) const KEYS_SHARE: &str = "Share your screen or stop sharing";
pub(crate) const KEYS_HAND: &str = "Raise or lower your hand";
pub(crate) const KEYS_CHAT: &str = "Show the chat";
pub(crate) const KEYS_PEOPLE: &str = "Show who is here";
pub(crate) const KEYS_COPY_LINK: &str = "Copy the link to this room";
pub(crate) const KEYS_LAYOUT: &str = "Change between grid and speaker";
pub(crate) const KEYS_FULL_SCREEN: &str = "Fill the screen with the call";
pub(crate) const KEYS_FLOATING: &str = "Picture in picture";
pub(crate) const KEYS_SETTINGS: &str = "Open the settings";
pub(crate) const KEYS_HELP: &str = "Show these shortcuts";
pub(crate) const KEYS_TALK: &str = "Talk while you hold it, when muted";
pub(crate) const SPACE: &str = "Space";

/// The microphone's button.
pub(crate) const fn microphone_button(on: bool) -> &'static str {
    if on {
        "Mute microphone"
    } else {
        "Unmute microphone"
    }
}

/// The camera's button.
pub(crate) const fn camera_button(on: bool) -> &'static str {
    if on {
        "Turn camera off"
    } else {
        "Turn camera on"
    }
}

/// The button that shares the screen.
pub(crate) const fn share_button(sharing: bool) -> &'static str {
    if sharing {
        "Stop sharing"
    } else {
        "Share screen"
    }
}

/// A kind of device.
pub(crate) const fn device_kind(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Microphone => "Microphone",
        DeviceKind::Camera => "Camera",
        DeviceKind::Speaker => "Speaker",
    }
}

/// A device whose label the browser does not tell.
pub(crate) fn unlabelled_device(kind: DeviceKind, number: usize) -> String {
    format!("{} {number}", device_kind(kind))
}
