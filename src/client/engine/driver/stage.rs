//! The stage: how it is arranged, and what of that is remembered.

use leptos::prelude::*;

use super::engine::Engine;
use crate::room::stage::StageAction;

impl Engine {
    /// Arranges the stage as it was the last time.
    pub(super) fn prepare_stage(&mut self) {
        let preferences = self.memory.preferences();
        let (layout, self_view) = (preferences.layout, preferences.self_view);
        self.page.session.stage.update(|stage| {
            stage.apply(StageAction::Arrange(layout));
            stage.apply(StageAction::SetSelfView(self_view));
        });
    }

    /// Does what the user wants of the stage, and remembers it.
    pub(super) fn take_stage_action(&mut self, action: StageAction) {
        self.page.session.stage.update(|stage| stage.apply(action));
        let chosen = self
            .page
            .session
            .stage
            .with_untracked(|stage| (stage.layout(), stage.self_view()));
        let remembered = self.memory.preferences();
        if chosen != (remembered.layout, remembered.self_view) {
            self.memory.change(|remembered| {
                (remembered.layout, remembered.self_view) = chosen;
            });
        }
    }
}
