//! Camera, microphone and screen: what was captured, and the tracks that come of it.

use super::engine::Engine;
use crate::client::capture::{Outcome, Picked};
use crate::room::media::screen::{ScreenCommand, ScreenEvent};
use crate::room::{DeviceKind, MediaCommand, MediaEvent, TrackKind, VisitEvent};

impl Engine {
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
            self.hand(VisitEvent::Media(event));
        }
    }

    /// Takes in what the picker of screens ended with.
    pub(super) fn take_picked(&mut self, picked: Picked) {
        if let Some(event) = self.screen.take(picked, self.page.now()) {
            self.hand(VisitEvent::Screen(event));
        }
    }

    /// The browser ended the capture of a screen with this number.
    pub(super) fn screen_ended(&mut self, number: u32) {
        if self.screen.ended(number) {
            self.hand(VisitEvent::Screen(ScreenEvent::Ended));
        }
    }

    /// Does something with camera and microphone.
    pub(super) fn command_devices(&mut self, command: MediaCommand) {
        let media = self.page.session.media;
        self.captures
            .configure(media.with_untracked(|media| media.settings.clone()));
        self.captures.perform(command);
    }

    /// Does something with the capture of the screen.
    pub(super) fn command_screen(&mut self, command: &ScreenCommand) {
        match command {
            ScreenCommand::Choose => self.screen.choose(&self.page.clock),
            ScreenCommand::Stop => self.screen.stop(),
            ScreenCommand::Notify(_) => {}
        }
    }

    /// Sends what is captured now, shows it to ourselves, and measures it.
    pub(super) fn attach_tracks(&mut self) {
        let microphone = self.captures.track(DeviceKind::Microphone).cloned();
        let mut is_other = self.own.set(TrackKind::Microphone, microphone.clone());
        if is_other {
            self.voices.measure_myself(microphone.as_ref());
        }
        let camera = self.captures.track(DeviceKind::Camera).cloned();
        is_other |= self.own.set(TrackKind::Camera, camera);
        let (audio, video) = (self.screen.audio().cloned(), self.screen.video().cloned());
        is_other |= self.own.set(TrackKind::ScreenAudio, audio);
        is_other |= self.own.set(TrackKind::ScreenVideo, video);
        if is_other {
            self.connections.send(self.own.tracks());
            self.recordings.follow(&self.own);
        }
        self.tell_of_pictures();
    }

    /// Tells the model which pictures are captured, if they are others than it was told.
    pub(super) fn tell_of_pictures(&mut self) {
        if let Some(pictures) = self.own.take_untold() {
            self.pending.push_back(VisitEvent::Captured(pictures));
        }
    }
}
