//! What follows from what the user wants of camera and microphone, and from what the browser reports.
//!
//! Invariant: no two requests for a source are under way; a source that is live goes on until what replaces it is
//! there; and a camera that is off is stopped.

use super::local::{
    Asked, Capture, Environment, LocalMedia, MediaAction, MediaCommand, MediaEvent, MediaProblem,
    Source,
};
use super::settings::{CallMedia, CaptureSettings};
use crate::room::device::{DeviceId, DeviceKind};
use crate::room::notice::Notice;
use crate::room::switch::Switch;

impl LocalMedia {
    /// The user wants something.
    pub fn apply_action(&mut self, action: MediaAction) -> Vec<MediaCommand> {
        match action {
            MediaAction::SetMicrophone(switch) => self.set_microphone(switch),
            MediaAction::SetCamera(switch) => self.set_camera(switch),
            MediaAction::Choose(kind, device) => self.choose(kind, device),
            MediaAction::Use(devices) => devices
                .into_iter()
                .flat_map(|device| self.choose(device.kind, Some(device.id)))
                .collect(),
            MediaAction::Configure(settings) => self.configure(settings),
            MediaAction::Retry => {
                for source in [&mut self.microphone, &mut self.camera] {
                    if matches!(source.capture, Capture::Failed(_)) {
                        source.capture = Capture::Idle;
                    }
                }
                self.acquire()
            }
        }
    }

    /// The browser reports something. Capturing begins with [`Environment::Capable`], so what is remembered should be
    /// told before.
    pub fn apply_event(&mut self, event: MediaEvent) -> Vec<MediaCommand> {
        match event {
            MediaEvent::Environment(environment) => {
                self.environment = environment;
                self.acquire()
            }
            MediaEvent::Devices(devices) => self.plugged(devices),
            MediaEvent::Remembered(remembered) => {
                self.microphone.device = remembered.microphone_device;
                self.camera.device = remembered.camera_device;
                self.settings = remembered.capture;
                let camera = match self.settings.media {
                    CallMedia::AudioOnly => Switch::Off,
                    CallMedia::AudioAndVideo => remembered.camera,
                };
                let mut commands = self.set_microphone(remembered.microphone);
                commands.extend(self.set_camera(camera));
                commands
            }
            MediaEvent::Started(kind, _) => self.started(kind),
            MediaEvent::Failed(kind, problem) => self.failed(kind, problem),
            MediaEvent::Ended(kind) => self.ended(kind),
            MediaEvent::Unconstrained(kind) => self.renew(kind),
        }
    }

    /// Asks for every wanted source that is idle, in one request. For the beginning, and for coming back after
    /// [`Self::release`].
    pub fn acquire(&mut self) -> Vec<MediaCommand> {
        if self.environment != Environment::Capable {
            return Vec::new();
        }
        let microphone = self.microphone.ask_if_wanted(&mut self.requests.microphone);
        let camera = self.camera.ask_if_wanted(&mut self.requests.camera);
        if microphone.is_none() && camera.is_none() {
            return Vec::new();
        }
        vec![MediaCommand::Capture { microphone, camera }]
    }

    /// Lets go of everything; the switches stay as they are.
    pub fn release(&mut self) -> Vec<MediaCommand> {
        let mut commands = Vec::new();
        for kind in [DeviceKind::Microphone, DeviceKind::Camera] {
            if let Some(source) = self.source(kind) {
                if source.is_live() {
                    commands.push(MediaCommand::Stop(kind));
                }
                source.capture = Capture::Idle;
            }
        }
        commands
    }

    pub(super) fn asked(&mut self, kind: DeviceKind) -> &mut Asked {
        match kind {
            DeviceKind::Microphone => &mut self.requests.microphone,
            DeviceKind::Camera | DeviceKind::Speaker => &mut self.requests.camera,
        }
    }

    pub(super) fn source(&mut self, kind: DeviceKind) -> Option<&mut Source> {
        match kind {
            DeviceKind::Microphone => Some(&mut self.microphone),
            DeviceKind::Camera => Some(&mut self.camera),
            DeviceKind::Speaker => None,
        }
    }

    fn set_microphone(&mut self, switch: Switch) -> Vec<MediaCommand> {
        self.microphone.switch = switch;
        match (&self.microphone.capture, switch) {
            (Capture::Live | Capture::Replacing, _) => {
                vec![MediaCommand::EnableMicrophone(switch == Switch::On)]
            }
            (Capture::Failed(_) | Capture::Idle, Switch::On) => {
                self.ask_again(DeviceKind::Microphone)
            }
            (Capture::Failed(_) | Capture::Idle | Capture::Requesting, _) => Vec::new(),
        }
    }

    fn set_camera(&mut self, switch: Switch) -> Vec<MediaCommand> {
        self.camera.switch = switch;
        if switch == Switch::On {
            self.settings.media = CallMedia::AudioAndVideo;
        }
        match (&self.camera.capture, switch) {
            (Capture::Live | Capture::Replacing, Switch::Off) => {
                self.camera.capture = Capture::Idle;
                vec![MediaCommand::Stop(DeviceKind::Camera)]
            }
            (Capture::Failed(_), Switch::Off) => {
                self.camera.capture = Capture::Idle;
                Vec::new()
            }
            (Capture::Failed(_) | Capture::Idle, Switch::On) => self.ask_again(DeviceKind::Camera),
            (Capture::Idle | Capture::Requesting | Capture::Live | Capture::Replacing, _) => {
                Vec::new()
            }
        }
    }

    fn choose(&mut self, kind: DeviceKind, device: Option<DeviceId>) -> Vec<MediaCommand> {
        let Some(source) = self.source(kind) else {
            self.settings.speaker_device = device;
            return Vec::new();
        };
        if source.device == device && source.capture == Capture::Live {
            return Vec::new();
        }
        source.device = device;
        match source.capture {
            Capture::Idle => Vec::new(),
            Capture::Failed(_) if source.switch == Switch::Off => Vec::new(),
            Capture::Failed(_) => self.ask_again(kind),
            Capture::Requesting | Capture::Live | Capture::Replacing => self.renew(kind),
        }
    }

    fn configure(&mut self, settings: CaptureSettings) -> Vec<MediaCommand> {
        let before = std::mem::replace(&mut self.settings, settings);
        let mut commands = Vec::new();
        if before.audio() != self.settings.audio() {
            // No browser changes the processing of a running microphone reliably.
            commands.extend(self.renew(DeviceKind::Microphone));
        }
        if self.settings.media == CallMedia::AudioOnly {
            commands.extend(self.set_camera(Switch::Off));
        } else if before.video() != self.settings.video() {
            match self.camera.capture {
                Capture::Live => commands.push(MediaCommand::Constrain(DeviceKind::Camera)),
                _ => commands.extend(self.renew(DeviceKind::Camera)),
            }
        }
        commands
    }

    /// Captures anew what is captured, or will be when the browser answers.
    pub(super) fn renew(&mut self, kind: DeviceKind) -> Vec<MediaCommand> {
        match self.source(kind).map(|source| &source.capture) {
            Some(Capture::Live) => self.ask_again(kind),
            Some(Capture::Requesting | Capture::Replacing) => {
                *self.asked(kind) = Asked::Outdated;
                Vec::new()
            }
            Some(Capture::Idle | Capture::Failed(_)) | None => Vec::new(),
        }
    }

    /// Asks for one source for the device the user chose, wanted or not.
    fn ask_again(&mut self, kind: DeviceKind) -> Vec<MediaCommand> {
        let asked = match self.source(kind) {
            Some(source) if source.device.is_some() => Asked::Chosen,
            _ => Asked::Default,
        };
        self.ask(kind, asked)
    }

    fn ask(&mut self, kind: DeviceKind, asked: Asked) -> Vec<MediaCommand> {
        if self.environment != Environment::Capable {
            return Vec::new();
        }
        *self.asked(kind) = asked;
        let Some(source) = self.source(kind) else {
            return Vec::new();
        };
        let device = source.request(asked);
        vec![match kind {
            DeviceKind::Microphone => MediaCommand::Capture {
                microphone: Some(device),
                camera: None,
            },
            DeviceKind::Camera | DeviceKind::Speaker => MediaCommand::Capture {
                microphone: None,
                camera: Some(device),
            },
        }]
    }

    fn started(&mut self, kind: DeviceKind) -> Vec<MediaCommand> {
        let asked = *self.asked(kind);
        let Some(source) = self.source(kind) else {
            return Vec::new();
        };
        let unwanted = source.capture == Capture::Idle
            || (kind == DeviceKind::Camera && source.switch == Switch::Off);
        if unwanted {
            source.capture = Capture::Idle;
            return vec![MediaCommand::Stop(kind)];
        }
        let replaced = source.capture == Capture::Replacing;
        source.capture = Capture::Live;
        let mut commands = Vec::new();
        if kind == DeviceKind::Microphone {
            let enabled = source.switch == Switch::On;
            commands.push(MediaCommand::EnableMicrophone(enabled));
        }
        match asked {
            Asked::Outdated => commands.extend(self.ask_again(kind)),
            Asked::InsteadOfChosen => {
                source.device = None;
                if replaced {
                    commands.push(MediaCommand::Notify(Notice::NotUsable(kind)));
                }
            }
            // The lost one stays chosen, for it may come back.
            Asked::InsteadOfLost => commands.push(MediaCommand::Notify(Notice::FellBack(kind))),
            Asked::Chosen | Asked::Default => {}
        }
        commands
    }

    fn failed(&mut self, kind: DeviceKind, problem: MediaProblem) -> Vec<MediaCommand> {
        let asked = *self.asked(kind);
        let Some(source) = self.source(kind) else {
            return Vec::new();
        };
        let replacing = source.capture == Capture::Replacing;
        if !replacing && source.capture != Capture::Requesting {
            return Vec::new();
        }
        if kind == DeviceKind::Camera && source.switch == Switch::Off {
            source.capture = Capture::Idle;
            return Vec::new();
        }
        let about_the_device = !matches!(
            problem,
            MediaProblem::PermissionDenied | MediaProblem::Unavailable
        );
        match asked {
            Asked::Outdated => return self.ask_again(kind),
            // Some phones cannot open one camera while another is in use.
            _ if replacing && kind == DeviceKind::Camera && problem == MediaProblem::DeviceBusy => {
                source.capture = Capture::Idle;
                let mut commands = vec![MediaCommand::Stop(kind)];
                commands.extend(self.ask(kind, asked));
                return commands;
            }
            Asked::Chosen if about_the_device => return self.ask(kind, Asked::InsteadOfChosen),
            _ if replacing => {
                source.capture = Capture::Live;
                source.device = None;
                return vec![MediaCommand::Notify(Notice::NotUsable(kind))];
            }
            Asked::InsteadOfLost if problem == MediaProblem::NoDevice => {
                source.capture = Capture::Failed(MediaProblem::Unplugged);
            }
            Asked::Chosen | Asked::Default | Asked::InsteadOfChosen | Asked::InsteadOfLost => {
                source.capture = Capture::Failed(problem);
            }
        }
        Vec::new()
    }

    pub(super) fn ended(&mut self, kind: DeviceKind) -> Vec<MediaCommand> {
        let Some(source) = self.source(kind) else {
            return Vec::new();
        };
        match source.capture {
            Capture::Live => {
                source.capture = Capture::Idle;
                self.ask(kind, Asked::InsteadOfLost)
            }
            Capture::Replacing => {
                source.capture = Capture::Requesting;
                Vec::new()
            }
            Capture::Idle | Capture::Requesting | Capture::Failed(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
#[path = "tests/capture.rs"]
mod tests;
