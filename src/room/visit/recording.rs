//! The own recording: whether it may begin, what the others are told, and what becomes of it.
//!
//! Invariant: everyone in the call knows that it runs for as long as it does.

use super::effect::{Aspect, RecordingCommand, VisitEffect};
use super::event::RecordingEvent;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::room::media::recording::RecordingProblem;
use crate::room::media::recording::action::RecordingAction;
use crate::room::messaging::event::MessagingAction;
use crate::room::messaging::recorders::Recording;
use crate::room::notice::Notice;

impl Visit {
    /// Does what the user wants of recording.
    pub(super) fn act_on_recording(&mut self, action: RecordingAction, turn: &mut VisitTurn) {
        let command = match action {
            RecordingAction::Start(_) if self.recording.is_running || !self.is_in_call() => return,
            RecordingAction::Start(_) if self.recording.unfinished => {
                return self.tell(Notice::RecordingUnfinished, turn);
            }
            RecordingAction::Start(kind) => {
                self.recording.is_running = true;
                RecordingCommand::Start(kind)
            }
            RecordingAction::Stop => RecordingCommand::Stop,
            RecordingAction::SaveUnfinished => {
                self.set_unfinished(false, turn);
                RecordingCommand::HandOver { problem: None }
            }
            RecordingAction::DiscardUnfinished => {
                self.set_unfinished(false, turn);
                RecordingCommand::Discard
            }
        };
        turn.effect(VisitEffect::Recording(command));
    }

    /// Something happened to the recording.
    pub(super) fn hear_recording(&mut self, event: RecordingEvent, turn: &mut VisitTurn) {
        match event {
            RecordingEvent::Unfinished(unfinished) => self.set_unfinished(unfinished, turn),
            RecordingEvent::Began => self.tell_that_it_records(Recording::On, turn),
            RecordingEvent::Unavailable => {
                self.recording.is_running = false;
                self.tell(Notice::RecordingUnavailable, turn);
            }
            RecordingEvent::TooSlow => self.tell(Notice::RecordingTooSlow, turn),
            RecordingEvent::Ended { is_empty, problem } => {
                self.recording.is_running = false;
                self.tell_that_it_records(Recording::Off, turn);
                if !is_empty {
                    let command = RecordingCommand::HandOver { problem };
                    turn.effect(VisitEffect::Recording(command));
                } else if problem.is_some() {
                    self.tell(Notice::RecordingFailed, turn);
                }
            }
            RecordingEvent::HandedOver { problem, saved } => {
                let notice = match (problem, saved) {
                    (Some(RecordingProblem::Full), _) => Notice::RecordingFull,
                    (Some(RecordingProblem::NoPlace), _) | (_, false) => Notice::RecordingFailed,
                    (None | Some(RecordingProblem::TooSlow), true) => Notice::RecordingSaved,
                };
                self.tell(notice, turn);
            }
        }
    }

    fn set_unfinished(&mut self, unfinished: bool, turn: &mut VisitTurn) {
        self.recording.unfinished = unfinished;
        turn.changed(Aspect::Recording);
    }

    fn tell_that_it_records(&mut self, recording: Recording, turn: &mut VisitTurn) {
        self.act_on_messaging(MessagingAction::SetRecording(recording), turn);
    }
}

#[cfg(test)]
#[path = "tests/recording.rs"]
mod tests;
