//! The own camera and microphone as a pure model: what is wanted, what the browser gives, what went wrong.
//!
//! Invariant: [`LocalMedia::sent`] is true of a source only while it is wanted *and* live.

use super::screen::ScreenShare;
use super::settings::CaptureSettings;
use crate::protocol::MediaState;
use crate::room::device::{Device, DeviceId, DeviceKind};
use crate::room::notice::Notice;
use crate::room::switch::Switch;

/// Whether this page can capture and connect at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    /// Not looked at yet (also: rendered on the server).
    #[default]
    Unknown,
    /// Everything is there.
    Capable,
    /// The page is not a secure context: the browser hides cameras and microphones (W3C Secure Contexts).
    Insecure,
    /// The browser has no WebRTC.
    NoWebRtc,
}

/// Where capturing from one source stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Capture {
    /// Not capturing.
    #[default]
    Idle,
    /// The browser was asked; it may be asking the user.
    Requesting,
    /// Capturing.
    Live,
    /// Capturing, while another device or other settings are asked for: what there is goes on until they are there.
    Replacing,
    /// It failed.
    Failed(MediaProblem),
}

/// Why there is no picture or sound, told apart by `DOMException.name` (W3C Media Capture section 10.2).
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

/// One source: a microphone or a camera.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// What the user wants.
    pub switch: Switch,
    /// Where capturing stands.
    pub capture: Capture,
    /// The device the user chose; the browser's default when `None`.
    pub device: Option<DeviceId>,
}

/// Which device a request for a source was for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The browser's default.
    #[default]
    Default,
    /// The one the user chose.
    Chosen,
    /// The default, because the chosen one failed.
    InsteadOfChosen,
    /// The default, because the one in use ended.
    InsteadOfLost,
    /// One the user does not want any more: they chose another meanwhile.
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

/// What the last request for each source was for. Private to the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    pub(crate) microphone: Asked,
    pub(crate) camera: Asked,
}

/// The own sources and the devices to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalMedia {
    /// Whether this page can capture at all.
    pub environment: Environment,
    /// The microphone. While muted it stays [`Capture::Live`], so that unmuting is instant.
    pub microphone: Source,
    /// The camera. While off it is [`Capture::Idle`]: its light goes out.
    pub camera: Source,
    /// The screen, beside the camera.
    pub screen: ScreenShare,
    /// How to capture, and which speaker to use.
    pub settings: CaptureSettings,
    /// What the browser lists.
    pub devices: Vec<Device>,
    /// What was asked for last.
    pub requests: Requests,
}

/// What the user can want of their own media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaAction {
    /// Mute or unmute.
    SetMicrophone(Switch),
    /// Camera on or off.
    SetCamera(Switch),
    /// Use another device of this kind; `None` is the browser's default.
    Choose(DeviceKind, Option<DeviceId>),
    /// Use these devices, as when a new headset was offered.
    Use(Vec<Device>),
    /// Capture differently.
    Configure(CaptureSettings),
    /// Ask the browser again for what failed.
    Retry,
}

/// What the browser reports about capturing.
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

/// What the last visit left of the own camera and microphone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RememberedMedia {
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
}

/// What should happen with the devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaCommand {
    /// Ask for the named sources in one `getUserMedia`, so that the browser asks the user once. Ends with one
    /// `Started` or `Failed` for each; if both are asked and fail together, the driver asks for each alone. What is
    /// captured meanwhile goes on, and is replaced by what starts.
    Capture {
        /// Whether to ask for a microphone, and which one.
        microphone: Option<Option<DeviceId>>,
        /// Whether to ask for a camera, and which one.
        camera: Option<Option<DeviceId>>,
    },
    /// Stop a device.
    Stop(DeviceKind),
    /// Let the microphone's track pass sound or silence (`MediaStreamTrack.enabled`).
    EnableMicrophone(bool),
    /// Change the running capture to the settings (`applyConstraints`); ends with `Unconstrained` if that is refused.
    Constrain(DeviceKind),
    /// Tell the user.
    Notify(Notice),
    /// Ask the user whether to use these new devices, which are called like this.
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
