//! The own screen: what the picker gave is sent at once, beside the camera.

use leptos::prelude::*;

use super::engine::Engine;
use crate::client::capture::Picked;
use crate::room::TrackKind;
use crate::room::media::screen::{ScreenAction, ScreenCommand, ScreenEvent, ScreenShare};

impl Engine {
    /// Finds out whether this browser can share a screen at all.
    pub(super) fn prepare_screen(&mut self) {
        if self.screen.is_supported() {
            self.change_screen(|screen| screen.apply_event(ScreenEvent::Supported));
        }
    }

    /// Does what the user wants of their screen.
    pub(super) fn take_screen_action(&mut self, action: ScreenAction) {
        self.change_screen(|screen| screen.apply_action(action));
    }

    /// Takes in what the picker ended with.
    pub(super) fn take_picked(&mut self, picked: Picked) {
        if let Some(event) = self.screen.take(picked, self.page.now()) {
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
            .page
            .session
            .media
            .try_update(|media| change(&mut media.screen))
            .unwrap_or_default();
        for command in commands {
            match command {
                ScreenCommand::Choose => self.screen.choose(&self.page.clock),
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
        let is_other_sound = self.own.set(TrackKind::ScreenAudio, audio);
        let is_other_picture = self.own.set(TrackKind::ScreenVideo, video);
        if is_other_sound || is_other_picture {
            self.connections.send(self.own.tracks());
        }
    }
}
