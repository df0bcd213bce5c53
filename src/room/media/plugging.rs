//! What follows when devices come and go.
//!
//! Invariant: whatever is decided leaves each source with at most one request under way.

use crate::room::device::{Device, DeviceKind};
use crate::room::media::device_changes::{DeviceChoices, DeviceDecision, device_decisions};
use crate::room::media::local::{Asked, Capture, LocalMedia, MediaCommand};
use crate::room::notice::Notice;

impl LocalMedia {
    /// Takes the new list: what is gone is replaced, what is new is offered, and what was missing is asked for.
    pub(crate) fn plugged(&mut self, devices: Vec<Device>) -> Vec<MediaCommand> {
        let choices = DeviceChoices {
            microphone: self.microphone.device.clone(),
            camera: self.camera.device.clone(),
            speaker: self.settings.speaker_device.clone(),
        };
        let decisions = device_decisions(&self.devices, &devices, &choices);
        let more = |kind| {
            let count = |list: &[Device]| list.iter().filter(|device| device.kind == kind).count();
            count(&devices) > count(&self.devices)
        };
        let (microphone, camera) = (more(DeviceKind::Microphone), more(DeviceKind::Camera));
        self.devices = devices;
        for (source, more) in [
            (&mut self.microphone, microphone),
            (&mut self.camera, camera),
        ] {
            if more && source.misses_device() {
                source.capture = Capture::Idle;
            }
        }
        let mut commands = if microphone || camera {
            self.acquire()
        } else {
            Vec::new()
        };
        for decision in decisions {
            commands.extend(self.decided(decision));
        }
        commands
    }

    fn decided(&mut self, decision: DeviceDecision) -> Vec<MediaCommand> {
        match decision {
            DeviceDecision::FallBack {
                kind: DeviceKind::Speaker,
                ..
            } => vec![MediaCommand::Notify(Notice::FellBack(DeviceKind::Speaker))],
            DeviceDecision::FallBack { kind, .. } | DeviceDecision::NoneLeft { kind, .. } => {
                let replaced = *self.asked(kind) == Asked::InsteadOfLost;
                if replaced {
                    Vec::new()
                } else {
                    self.ended(kind)
                }
            }
            DeviceDecision::Return { device } => {
                let mut commands = self.renew(device.kind);
                let used = !commands.is_empty() || device.kind == DeviceKind::Speaker;
                if used {
                    commands.push(MediaCommand::Notify(Notice::InUseAgain(device.label)));
                }
                commands
            }
            DeviceDecision::FollowDefault { kind } => self.renew(kind),
            DeviceDecision::Offer {
                microphone,
                speaker,
                camera,
            } => {
                let mut offered: Vec<Device> = [microphone, speaker, camera]
                    .into_iter()
                    .flatten()
                    .collect();
                // What was missing is in use already.
                offered.retain(|device| match self.source(device.kind) {
                    Some(source) => source.capture != Capture::Requesting,
                    None => true,
                });
                match offered.first() {
                    Some(first) => vec![MediaCommand::Offer(first.label.clone(), offered)],
                    None => Vec::new(),
                }
            }
        }
    }
}
