//! The own camera and microphone as a pure model: what is wanted, what the browser gives, what went wrong.
//!
//! Invariant: [`LocalMedia::sent`] is true of a source only while it is wanted *and* live.

use super::screen::ScreenShare;
use super::settings::CaptureSettings;
use crate::protocol::MediaState;
use crate::room::device::{Device, DeviceId, DeviceKind};
use crate::room::notice::Notice;
use crate::room::switch::Switch;

/// This page can capture and connect, or it cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    /// Nobody has looked yet (also: the page is rendered on the server).
    #[default]
    Unknown,
    /// Everything is there.
    Capable,
    /// The page is not a secure context: the browser hides cameras and microphones (W3C Secure Contexts).
    Insecure,
    /// The browser has no WebRTC.
    NoWebRtc,
}

/// Capturing from one source stands here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Capture {
    /// Nothing is captured.
    #[default]
    Idle,
    /// The browser was asked; it may be asking the user.
    Requesting,
    /// The source is captured.
    Live,
    /// The source is captured while another device or other settings are asked for: what there is goes on until they
    /// are there.
    Replacing,
    /// It failed.
    Failed(MediaProblem),
}

/// There is no picture or sound, for one of these reasons, told apart by `DOMException.name` (W3C Media Capture section
/// 10.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaProblem {
    /// `NotAllowedError`: the user or a policy said no.
    PermissionDenied,
    /// `NotFoundError`: there is no such device.
    NoDevice,
    /// `NotReadableError` or `AbortError`: another program has it, or it failed to start.
    DeviceBusy,
    /// `OverconstrainedError`: it cannot do what was asked.
    Unsuitable,
    /// The device was taken away while in use.
    Unplugged,
    /// `SecurityError`, `TypeError` or no `mediaDevices` at all: the page may not ask.
    Unavailable,
}

impl MediaProblem {
    /// Tells problems apart by the exception's name, never by its message.
    pub fn from_exception_name(name: &str) -> Self {
        match name {
            "NotAllowedError" | "PermissionDeniedError" => Self::PermissionDenied,
            "NotFoundError" | "DevicesNotFoundError" => Self::NoDevice,
            "NotReadableError" | "TrackStartError" | "AbortError" => Self::DeviceBusy,
            "OverconstrainedError" | "ConstraintNotSatisfiedError" => Self::Unsuitable,
            _ => Self::Unavailable,
        }
    }
}

/// A source is a microphone or a camera.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The user wants this.
    pub switch: Switch,
    /// Capturing stands here.
    pub capture: Capture,
    /// The user chose this device; `None` is the browser's default.
    pub device: Option<DeviceId>,
}

/// A request for a source was for one of these devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The browser's default was asked for.
    #[default]
    Default,
    /// The device that the user chose was asked for.
    Chosen,
    /// The default was asked for because the chosen one failed.
    InsteadOfChosen,
    /// The default was asked for because the one in use ended.
    InsteadOfLost,
    /// A device was asked for that the user does not want any more: they chose another meanwhile.
    Outdated,
}

impl Source {
    /// Whether it is wanted and live.
    pub fn is_sending(&self) -> bool {
        self.switch == Switch::On && self.is_live()
    }

    /// Whether it captures.
    pub fn is_live(&self) -> bool {
        matches!(self.capture, Capture::Live | Capture::Replacing)
    }
}

/// The last request for each source was for this. Private to the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// The microphone was last asked for like this.
    pub(crate) microphone: Asked,
    /// The camera was last asked for like this.
    pub(crate) camera: Asked,
}

/// The participant's own sources and the devices to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalMedia {
    /// This page can capture, or it cannot.
    pub environment: Environment,
    /// While muted the microphone stays [`Capture::Live`], so that unmuting is instant.
    pub microphone: Source,
    /// While off the camera is [`Capture::Idle`]: its light goes out.
    pub camera: Source,
    /// The screen is shared beside the camera.
    pub screen: ScreenShare,
    /// Sources are captured like this, and this speaker is used.
    pub settings: CaptureSettings,
    /// The browser lists these.
    pub devices: Vec<Device>,
    /// This was asked for last.
    pub requests: Requests,
}

/// The user can want this of their own media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaAction {
    /// They mute or unmute.
    SetMicrophone(Switch),
    /// They turn the camera on or off.
    SetCamera(Switch),
    /// They use another device of this kind; `None` is the browser's default.
    Choose(DeviceKind, Option<DeviceId>),
    /// They use these devices, as when a new headset was offered.
    Use(Vec<Device>),
    /// They want to be captured differently.
    Configure(CaptureSettings),
    /// They want the browser asked again for what failed.
    Retry,
}

/// The browser reports this about capturing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaEvent {
    /// The page was looked at.
    Environment(Environment),
    /// Devices were listed.
    Devices(Vec<Device>),
    /// Remembered choices were read.
    Remembered(RememberedMedia),
    /// A capture that was asked for is running; `device` is the one the browser picked.
    Started(DeviceKind, Option<DeviceId>),
    /// A capture that was asked for did not start.
    Failed(DeviceKind, MediaProblem),
    /// A running capture ended by itself.
    Ended(DeviceKind),
    /// A running capture cannot be constrained as commanded.
    Unconstrained(DeviceKind),
}

/// The last visit left this of the own camera and microphone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RememberedMedia {
    /// The microphone is on or off when entering.
    pub microphone: Switch,
    /// The camera is on or off when entering.
    pub camera: Switch,
    /// This microphone was last chosen.
    pub microphone_device: Option<DeviceId>,
    /// This camera was last chosen.
    pub camera_device: Option<DeviceId>,
    /// Sources are captured like this, and this speaker is used.
    pub capture: CaptureSettings,
}

/// This should happen with the devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaCommand {
    /// The named sources are asked for in one `getUserMedia`, so that the browser asks the user once. It ends with one
    /// `Started` or `Failed` for each; if both are asked and fail together, the driver asks for each alone. What is
    /// captured meanwhile goes on, and is replaced by what starts.
    Capture {
        /// A microphone is asked for, this one or the default; `None` asks for none.
        microphone: Option<Option<DeviceId>>,
        /// A camera is asked for, this one or the default; `None` asks for none.
        camera: Option<Option<DeviceId>>,
    },
    /// The device stops.
    Stop(DeviceKind),
    /// The microphone's track passes sound or silence (`MediaStreamTrack.enabled`).
    EnableMicrophone(bool),
    /// The running capture changes to the settings (`applyConstraints`); it ends with `Unconstrained` if that is
    /// refused.
    Constrain(DeviceKind),
    /// The user is told.
    Notify(Notice),
    /// The user is asked whether to use these new devices, which are called like this.
    Offer(String, Vec<Device>),
}

impl LocalMedia {
    /// What is sent now.
    pub fn sent(&self) -> MediaState {
        MediaState {
            audio: self.microphone.is_sending(),
            video: self.camera.is_sending(),
            screen: self.screen.is_sharing(),
        }
    }
}

impl Source {
    /// Notes that the source is asked for if it is wanted and idle, and says which device.
    pub(super) fn ask_if_wanted(&mut self, asked: &mut Asked) -> Option<Option<DeviceId>> {
        if self.switch == Switch::Off || self.capture != Capture::Idle {
            return None;
        }
        *asked = if self.device.is_some() {
            Asked::Chosen
        } else {
            Asked::Default
        };
        Some(self.request(*asked))
    }

    /// Notes that the source is asked for, and says which device.
    pub(super) fn request(&mut self, asked: Asked) -> Option<DeviceId> {
        self.capture = if self.is_live() {
            Capture::Replacing
        } else {
            Capture::Requesting
        };
        match asked {
            Asked::Chosen => self.device.clone(),
            Asked::Default | Asked::InsteadOfChosen | Asked::InsteadOfLost | Asked::Outdated => {
                None
            }
        }
    }

    /// Whether the device is what is missing.
    pub(super) fn misses_device(&self) -> bool {
        matches!(
            self.capture,
            Capture::Failed(MediaProblem::NoDevice | MediaProblem::Unplugged)
        )
    }
}
