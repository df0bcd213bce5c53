//! The own camera and microphone: the model of them, and the tracks that come of it.

use leptos::prelude::*;

use super::engine::Engine;
use crate::client::capture::Outcome;
use crate::room::media::screen::ScreenAction;
use crate::room::{
    DeviceKind, Event, LocalMedia, MediaAction, MediaCommand, MediaEvent, Notice, TrackKind,
};
use crate::session::Action;

impl Engine {
    /// Does what the user wants of their devices, and remembers it.
    pub(super) fn take_media_action(&mut self, action: MediaAction) {
        self.change_media(|media| media.apply_action(action));
        let mut preferences = self.memory.preferences().clone();
        self.page.session.media.with_untracked(|media| {
            preferences.microphone = media.microphone.switch;
            preferences.camera = media.camera.switch;
            preferences
                .microphone_device
                .clone_from(&media.microphone.device);
            preferences.camera_device.clone_from(&media.camera.device);
            preferences.capture.clone_from(&media.settings);
        });
        if preferences != *self.memory.preferences() {
            self.memory.change(|remembered| *remembered = preferences);
        }
    }

    /// Tells the model what the devices did.
    pub(super) fn apply_media(&mut self, event: MediaEvent) {
        self.change_media(|media| media.apply_event(event));
    }

    /// Takes in what capturing and listing devices ended with.
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
        self.take_screen_action(ScreenAction::Stop);
        self.change_media(LocalMedia::release);
    }

    /// Asks for camera and microphone again, as when the page was opened.
    pub(super) fn acquire_media(&mut self) {
        self.change_media(LocalMedia::acquire);
    }

    fn change_media(&mut self, change: impl FnOnce(&mut LocalMedia) -> Vec<MediaCommand>) {
        let commands = self
            .page
            .session
            .media
            .try_update(change)
            .unwrap_or_default();
        let settings = self
            .page
            .session
            .media
            .with_untracked(|media| media.settings.clone());
        self.captures.configure(settings);
        for command in commands {
            match command {
                MediaCommand::Notify(notice) => self.tell_in_call(notice, None),
                MediaCommand::Offer(name, devices) => {
                    let action = Action::Media(MediaAction::Use(devices));
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
        if let Some(sent) = self.own.take_untold() {
            self.apply(Event::Media(sent));
        }
    }

    /// Sends what is captured now, and shows and measures it.
    fn attach_tracks(&mut self) {
        let microphone = self.captures.track(DeviceKind::Microphone).cloned();
        let is_other_voice = self.own.set(TrackKind::Microphone, microphone.clone());
        if is_other_voice {
            self.voices.measure_myself(microphone.as_ref());
        }
        let camera = self.captures.track(DeviceKind::Camera).cloned();
        let is_other_picture = self.own.set(TrackKind::Camera, camera);
        if is_other_voice || is_other_picture {
            self.connections.send(self.own.tracks());
        }
    }
}
