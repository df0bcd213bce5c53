//! The own camera, microphone and screen: what is wanted of them, what the browser says, and what the room is told.
//!
//! Invariant: tracks are attached before the room is told of them.

use super::action::VisitAction;
use super::effect::{Aspect, VisitEffect};
use super::state::Visit;
use super::turn::VisitTurn;
use crate::room::call::event::Event;
use crate::room::media::local::{LocalMedia, MediaAction, MediaCommand, MediaEvent};
use crate::room::media::screen::{ScreenAction, ScreenCommand, ScreenEvent};
use crate::room::notice::Notice;

impl Visit {
    /// The user wants something of camera and microphone; it is remembered.
    pub(super) fn act_on_devices(&mut self, action: MediaAction, turn: &mut VisitTurn) {
        let is_remembered = action != MediaAction::Retry;
        let commands = self.media.apply_action(action);
        self.command_devices(commands, turn);
        if is_remembered {
            self.preferences.set_media(&self.media);
            self.remember(turn);
        }
    }

    /// The browser says something about camera and microphone.
    pub(super) fn hear_devices(&mut self, event: MediaEvent, turn: &mut VisitTurn) {
        let commands = self.media.apply_event(event);
        self.command_devices(commands, turn);
    }

    /// The user wants something of the screen.
    pub(super) fn act_on_screen(&mut self, action: ScreenAction, turn: &mut VisitTurn) {
        let commands = self.media.screen.apply_action(action);
        self.command_screen(commands, turn);
    }

    /// The browser says something about capturing the screen.
    pub(super) fn hear_screen(&mut self, event: ScreenEvent, turn: &mut VisitTurn) {
        let commands = self.media.screen.apply_event(event);
        self.command_screen(commands, turn);
    }

    /// Lets go of camera, microphone and screen.
    pub(super) fn release_media(&mut self, turn: &mut VisitTurn) {
        self.act_on_screen(ScreenAction::Stop, turn);
        let commands = LocalMedia::release(&mut self.media);
        self.command_devices(commands, turn);
    }

    /// Camera and microphone are to do this.
    pub(super) fn command_devices(&mut self, commands: Vec<MediaCommand>, turn: &mut VisitTurn) {
        turn.changed(Aspect::Media);
        for command in commands {
            match command {
                MediaCommand::Notify(notice) => {
                    if self.is_in_call() {
                        self.tell(notice, turn);
                    }
                }
                MediaCommand::Offer(name, devices) => {
                    if self.is_in_call() {
                        let action = VisitAction::Media(MediaAction::Use(devices));
                        turn.effect(VisitEffect::Offer(Notice::NewDevice(name), action));
                    }
                }
                command => turn.effect(VisitEffect::Capture(command)),
            }
        }
        self.captured(turn);
    }

    fn command_screen(&mut self, commands: Vec<ScreenCommand>, turn: &mut VisitTurn) {
        turn.changed(Aspect::Media);
        for command in commands {
            match command {
                ScreenCommand::Notify(notice) => self.tell(notice, turn),
                command => turn.effect(VisitEffect::Screen(command)),
            }
        }
        self.captured(turn);
    }

    fn captured(&mut self, turn: &mut VisitTurn) {
        turn.effect(VisitEffect::AttachTracks);
        turn.views_moved = true;
        let sent = self.media.sent();
        if self.call.call().is_some_and(|call| call.told != sent) {
            self.hear_call(Event::SentMedia, turn);
        }
    }
}

#[cfg(test)]
#[path = "tests/capturing.rs"]
mod tests;
