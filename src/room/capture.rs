//! What follows from what the user wants of camera and microphone, and from what the browser reports.
//!
//! Invariant: a source is asked for only when it is idle or failed, so that no two requests for it are under way; and a
//! camera that is off is stopped.

use super::media::{
    Asked, Capture, DeviceId, DeviceKind, Environment, LocalMedia, MediaCommand, MediaEvent,
    MediaIntent, MediaProblem, Source, Switch,
};

impl LocalMedia {
    /// The user wants something.
    pub fn apply_intent(&mut self, intent: MediaIntent) -> Vec<MediaCommand> {
        match intent {
            MediaIntent::SetMicrophone(switch) => self.set_microphone(switch),
            MediaIntent::SetCamera(switch) => self.set_camera(switch),
            MediaIntent::Choose(kind, device) => self.choose(kind, device),
            MediaIntent::Retry => {
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
            MediaEvent::Devices(devices) => {
                let plugged = |kind| {
                    let count = |list: &[super::Device]| {
                        list.iter().filter(|device| device.kind == kind).count()
                    };
                    count(&devices) > count(&self.devices)
                };
                let (microphone, camera) =
                    (plugged(DeviceKind::Microphone), plugged(DeviceKind::Camera));
                self.devices = devices;
                for (source, plugged) in [
                    (&mut self.microphone, microphone),
                    (&mut self.camera, camera),
                ] {
                    if plugged && source.misses_device() {
                        source.capture = Capture::Idle;
                    }
                }
                if microphone || camera {
                    self.acquire()
                } else {
                    Vec::new()
                }
            }
            MediaEvent::Remembered(preferences) => {
                self.microphone.device = preferences.microphone_device;
                self.camera.device = preferences.camera_device;
                let mut commands = self.set_microphone(preferences.microphone);
                commands.extend(self.set_camera(preferences.camera));
                commands
            }
            MediaEvent::Started(kind, _) => self.started(kind),
            MediaEvent::Failed(kind, problem) => self.failed(kind, problem),
            MediaEvent::Ended(kind) => self.ended(kind),
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
                if source.capture == Capture::Live {
                    commands.push(MediaCommand::Stop(kind));
                }
                source.capture = Capture::Idle;
            }
        }
        commands
    }

    fn asked(&mut self, kind: DeviceKind) -> &mut Asked {
        match kind {
            DeviceKind::Microphone => &mut self.requests.microphone,
            DeviceKind::Camera | DeviceKind::Speaker => &mut self.requests.camera,
        }
    }

    fn source(&mut self, kind: DeviceKind) -> Option<&mut Source> {
        match kind {
            DeviceKind::Microphone => Some(&mut self.microphone),
            DeviceKind::Camera => Some(&mut self.camera),
            DeviceKind::Speaker => None,
        }
    }

    fn set_microphone(&mut self, switch: Switch) -> Vec<MediaCommand> {
        self.microphone.switch = switch;
        match (&self.microphone.capture, switch) {
            (Capture::Live, _) => vec![MediaCommand::EnableMicrophone(switch == Switch::On)],
            (Capture::Failed(_) | Capture::Idle, Switch::On) => {
                self.ask_again(DeviceKind::Microphone)
            }
            (Capture::Failed(_) | Capture::Idle | Capture::Requesting, _) => Vec::new(),
        }
    }

    fn set_camera(&mut self, switch: Switch) -> Vec<MediaCommand> {
        self.camera.switch = switch;
        match (&self.camera.capture, switch) {
            (Capture::Live, Switch::Off) => {
                self.camera.capture = Capture::Idle;
                vec![MediaCommand::Stop(DeviceKind::Camera)]
            }
            (Capture::Failed(_), Switch::Off) => {
                self.camera.capture = Capture::Idle;
                Vec::new()
            }
            (Capture::Failed(_) | Capture::Idle, Switch::On) => self.ask_again(DeviceKind::Camera),
            (Capture::Idle | Capture::Requesting | Capture::Live, _) => Vec::new(),
        }
    }

    fn choose(&mut self, kind: DeviceKind, device: Option<DeviceId>) -> Vec<MediaCommand> {
        let Some(source) = self.source(kind) else {
            return Vec::new();
        };
        if source.device == device && source.capture == Capture::Live {
            return Vec::new();
        }
        source.device = device;
        match source.capture {
            Capture::Idle => Vec::new(),
            Capture::Requesting => {
                *self.asked(kind) = Asked::Outdated;
                Vec::new()
            }
            Capture::Failed(_) if source.switch == Switch::Off => Vec::new(),
            Capture::Failed(_) => self.ask_again(kind),
            Capture::Live => {
                // Some phones cannot open one camera while another is in use.
                let mut commands = vec![MediaCommand::Stop(kind)];
                commands.extend(self.ask_again(kind));
                commands
            }
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
        source.capture = Capture::Live;
        match asked {
            Asked::Outdated => {
                let mut commands = vec![MediaCommand::Stop(kind)];
                commands.extend(self.ask_again(kind));
                return commands;
            }
            Asked::InsteadOfChosen | Asked::InsteadOfLost => source.device = None,
            Asked::Chosen | Asked::Default => {}
        }
        match kind {
            DeviceKind::Microphone => {
                let enabled = source.switch == Switch::On;
                vec![MediaCommand::EnableMicrophone(enabled)]
            }
            DeviceKind::Camera | DeviceKind::Speaker => Vec::new(),
        }
    }

    fn failed(&mut self, kind: DeviceKind, problem: MediaProblem) -> Vec<MediaCommand> {
        let asked = *self.asked(kind);
        let Some(source) = self.source(kind) else {
            return Vec::new();
        };
        if source.capture != Capture::Requesting {
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
            Asked::Chosen if about_the_device => return self.ask(kind, Asked::InsteadOfChosen),
            Asked::InsteadOfLost if problem == MediaProblem::NoDevice => {
                source.capture = Capture::Failed(MediaProblem::Unplugged);
            }
            Asked::Chosen | Asked::Default | Asked::InsteadOfChosen | Asked::InsteadOfLost => {
                source.capture = Capture::Failed(problem);
            }
        }
        Vec::new()
    }

    fn ended(&mut self, kind: DeviceKind) -> Vec<MediaCommand> {
        match self.source(kind) {
            Some(source) if source.capture == Capture::Live => self.ask(kind, Asked::InsteadOfLost),
            _ => Vec::new(),
        }
    }
}

impl Source {
    fn ask_if_wanted(&mut self, asked: &mut Asked) -> Option<Option<DeviceId>> {
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
    fn request(&mut self, asked: Asked) -> Option<DeviceId> {
        self.capture = Capture::Requesting;
        match asked {
            Asked::Chosen => self.device.clone(),
            Asked::Default | Asked::InsteadOfChosen | Asked::InsteadOfLost | Asked::Outdated => {
                None
            }
        }
    }

    fn misses_device(&self) -> bool {
        matches!(
            self.capture,
            Capture::Failed(MediaProblem::NoDevice | MediaProblem::Unplugged)
        )
    }
}

#[cfg(test)]
mod tests;
