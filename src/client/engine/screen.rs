//! The own screen's side of the engine: what the picker gave is sent at once, beside the camera.

use super::Engine;
use crate::client::capture::Picked;
use crate::room::TrackKind;
use crate::room::media::screen::{ScreenAction, ScreenCommand, ScreenEvent, ScreenShare};
use leptos::prelude::*;

impl Engine {
    /// Finds out whether this browser can share a screen at all.
    pub(super) fn prepare_screen(&mut self) {
        if self.screen.is_supported() {
            self.change_screen(|screen| screen.apply_event(ScreenEvent::Supported));
        }
    }

    /// Does what the user wants of their screen.
    pub(super) fn intend_screen(&mut self, intent: ScreenAction) {
        self.change_screen(|screen| screen.apply_intent(intent));
    }

    /// Takes in what the picker ended with.
    pub(super) fn take_picked(&mut self, picked: Picked) {
        if let Some(event) = self.screen.take(picked, self.clock.now()) {
            self.change_screen(|screen| screen.apply_event(event));
        }
    }

    /// The browser ended the capture with this number.
    pub(super) fn screen_ended(&mut self, number: u32) {
        if self.screen.ended(number) {
            self.change_screen(|screen| screen.apply_event(ScreenEvent::Ended));
        }
    }

    fn change_screen(&mut self, change: impl FnOnce(&mut ScreenShare) -> Vec<ScreenCommand>) {
        let commands = self
            .session
            .media
            .try_update(|media| change(&mut media.screen))
            .unwrap_or_default();
        for command in commands {
            match command {
                ScreenCommand::Choose => self.screen.choose(&self.clock),
                ScreenCommand::Stop => self.screen.stop(),
                ScreenCommand::Notify(notice) => self.tell(notice),
            }
        }
        self.attach_screen();
        self.tell_what_is_sent();
    }

    /// Sends what is captured now, and shows it to ourselves.
    fn attach_screen(&mut self) {
        let audio = self.screen.audio().cloned();
        let video = self.screen.video().cloned();
        let mut changed = self.tracks.set(TrackKind::ScreenAudio, audio);
        if self.tracks.set(TrackKind::ScreenVideo, video.clone()) {
            changed = true;
            self.show_myself(TrackKind::ScreenVideo, video.and_then(Self::alone));
        }
        if changed {
            for peer in self.peers.values_mut() {
                peer.send(&self.tracks);
            }
        }
    }
}
