//! What a recording means to the others: everyone is told of it, and it ends with the call.

use super::engine::Engine;
use crate::client::engine::recordings::RecordingInput;
use crate::room::Notice;
use crate::room::messaging::MessagingAction;
use crate::room::messaging::recorders::Recording;
use crate::session::recording::{RecordingAction, RecordingKind};

impl Engine {
    /// Does what the user wants of recording.
    pub(super) fn grant_recording(&mut self, action: RecordingAction) {
        match action {
            RecordingAction::Start(kind) => self.start_recording(kind),
            RecordingAction::Stop => self.recordings.stop(),
            RecordingAction::SaveUnfinished => self.recordings.save_unfinished(&self.errands),
            RecordingAction::DiscardUnfinished => self.recordings.discard_unfinished(&self.errands),
        }
    }

    /// Takes in what happened to the recording by itself.
    pub(super) fn take_recording_input(&mut self, input: RecordingInput) {
        let steps = self.recordings.take(input);
        if steps.too_slow {
            self.tell(Notice::RecordingTooSlow);
        }
        if let Some(over) = steps.over {
            self.take_messaging_action(MessagingAction::SetRecording(Recording::Off));
            if !over.is_empty {
                self.recordings.hand_over(over.problem, &self.errands);
            } else if over.problem.is_some() {
                self.tell(Notice::RecordingFailed);
            }
        }
    }

    fn start_recording(&mut self, kind: RecordingKind) {
        if self.recordings.is_running() || self.messaging.is_none() {
            return;
        }
        if let Err(notice) = self.recordings.start(kind) {
            return self.tell(notice);
        }
        self.take_messaging_action(MessagingAction::SetRecording(Recording::On));
        self.recordings.follow(&self.own);
        self.recordings.paint();
    }
}
