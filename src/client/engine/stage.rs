//! The stage's side of the engine: what the user wants of it, and who has the floor.

use leptos::prelude::*;

use super::Engine;
use crate::protocol::PeerId;
use crate::room::Participant;
use crate::room::stage::StageAction;

impl Engine {
    /// Arranges the stage as it was the last time.
    pub(super) fn prepare_stage(&mut self) {
        let (layout, self_view) = (self.preferences.layout, self.preferences.self_view);
        self.session.stage.update(|stage| {
            stage.apply(StageAction::Arrange(layout));
            stage.apply(StageAction::SetSelfView(self_view));
        });
    }

    /// Does what the user wants of the stage, and remembers it.
    pub(super) fn intend_stage(&mut self, intent: StageAction) {
        self.session.stage.update(|stage| stage.apply(intent));
        let chosen = self
            .session
            .stage
            .with_untracked(|stage| (stage.layout(), stage.self_view()));
        if chosen != (self.preferences.layout, self.preferences.self_view) {
            (self.preferences.layout, self.preferences.self_view) = chosen;
            self.remember();
        }
    }

    /// Shows how loud everyone is, and follows who speaks.
    pub(super) fn take_levels(&mut self) {
        let mut others: Vec<(PeerId, f32)> = Vec::new();
        for (participant, level) in self.levels.measure() {
            let shown = match participant {
                Participant::Me => self.hear_myself(level),
                Participant::Peer(_) => level,
            };
            self.session.level(&participant).set(shown);
            if let Participant::Peer(peer) = participant {
                others.push((peer, level));
            }
        }
        let speaker = self.speaker.hear(self.clock.now(), &others);
        if self
            .session
            .speaker
            .with_untracked(|shown| shown.as_ref() != speaker)
        {
            self.session.speaker.set(speaker.cloned());
        }
    }
}
