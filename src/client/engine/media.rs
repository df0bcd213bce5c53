//! The devices' side of the engine: the model of the own media, and the tracks that come of it.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::{MediaStream, MediaStreamTrack};

use super::Engine;
use crate::client::audio::monitor::Ear;
use crate::client::capture::Outcome;
use crate::room::media::screen::ScreenAction;
use crate::room::{
    DeviceKind, Event, LocalMedia, MediaAction, MediaCommand, MediaEvent, Notice, Participant,
    TrackKind,
};
use crate::session::{Action, NoticeAction};

impl Engine {
    /// Does what the user wants of their devices, and remembers it.
    pub(super) fn intend_media(&mut self, intent: MediaAction) {
        self.change_media(|media| media.apply_intent(intent));
        let before = self.preferences.clone();
        self.session.media.with_untracked(|media| {
            let preferences = &mut self.preferences;
            preferences.microphone = media.microphone.switch;
            preferences.camera = media.camera.switch;
            preferences
                .microphone_device
                .clone_from(&media.microphone.device);
            preferences.camera_device.clone_from(&media.camera.device);
            preferences.capture.clone_from(&media.settings);
        });
        if self.preferences != before {
            self.remember();
        }
    }

    /// Tells the model what the devices did.
    pub(super) fn apply_media(&mut self, event: MediaEvent) {
        self.change_media(|media| media.apply_event(event));
    }

    pub(super) fn take_outcomes(&mut self, outcomes: Vec<Outcome>) {
        for outcome in outcomes {
            let Some(event) = self.captures.take(outcome) else {
                continue;
            };
            // Labels are hidden until the first permission.
            if matches!(event, MediaEvent::Started(..)) {
                self.captures.list();
            }
            self.apply_media(event);
        }
    }

    /// Lets go of camera, microphone and screen.
    pub(super) fn release_media(&mut self) {
        self.intend_screen(ScreenAction::Stop);
        self.change_media(LocalMedia::release);
    }

    /// Asks for camera and microphone again, as when the page was opened.
    pub(super) fn acquire_media(&mut self) {
        self.change_media(LocalMedia::acquire);
    }

    fn change_media(&mut self, change: impl FnOnce(&mut LocalMedia) -> Vec<MediaCommand>) {
        let commands = self.session.media.try_update(change).unwrap_or_default();
        let settings = self
            .session
            .media
            .with_untracked(|media| media.settings.clone());
        self.captures.configure(settings);
        for command in commands {
            match command {
                MediaCommand::Notify(notice) => self.tell_in_call(notice, None),
                MediaCommand::Offer(name, devices) => {
                    let action = NoticeAction {
                        label: "Use",
                        wish: Action::Media(MediaAction::Use(devices)),
                    };
                    self.tell_in_call(Notice::NewDevice(name), Some(action));
                }
                command => self.captures.perform(command),
            }
        }
        self.attach_tracks();
        self.tell_what_is_sent();
    }

    /// Tells the room what is sent, if that changed.
    pub(super) fn tell_what_is_sent(&mut self) {
        let sent = self.session.media.with_untracked(LocalMedia::sent);
        if sent != self.sent {
            self.sent = sent;
            self.apply(Event::Media(sent));
        }
    }

    /// Sends what is captured now, and shows and measures it.
    fn attach_tracks(&mut self) {
        let mut changed = false;
        for (device, kind) in [
            (DeviceKind::Microphone, TrackKind::Microphone),
            (DeviceKind::Camera, TrackKind::Camera),
        ] {
            let track = self.captures.track(device).cloned();
            if !self.tracks.set(kind, track.clone()) {
                continue;
            }
            changed = true;
            match kind {
                TrackKind::Microphone => self.measure_myself(track.as_ref()),
                _ => self.show_myself(kind, track.and_then(Self::alone)),
            }
        }
        if changed {
            for peer in self.peers.values_mut() {
                peer.send(&self.tracks);
            }
        }
    }

    /// A stream of this track alone.
    pub(super) fn alone(track: MediaStreamTrack) -> Option<MediaStream> {
        let stream = MediaStream::new().ok()?;
        stream.add_track(&track);
        Some(stream)
    }

    /// Measures a copy of the microphone's track: the one that is sent falls silent when muted.
    fn measure_myself(&mut self, microphone: Option<&MediaStreamTrack>) {
        self.levels.unwatch(&Participant::Me);
        self.ear = microphone.and_then(Ear::of);
        match &self.ear {
            Some(ear) => self.levels.watch(Participant::Me, ear.stream()),
            None => self.session.level(&Participant::Me).set(0.0),
        }
    }

    pub(super) fn show_myself(&mut self, kind: TrackKind, picture: Option<MediaStream>) {
        self.session.streams.update(|streams| {
            match picture {
                Some(picture) => streams.insert((Participant::Me, kind), SendWrapper::new(picture)),
                None => streams.remove(&(Participant::Me, kind)),
            };
        });
    }
}
