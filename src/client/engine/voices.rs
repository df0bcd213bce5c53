//! How loud everybody is.

use leptos::prelude::*;
use web_sys::{AudioContext, MediaStreamTrack};

use super::errands::Errands;
use super::page::Page;
use crate::client::audio::levels::Levels;
use crate::client::audio::monitor::Monitor;
use crate::room::Participant;

/// The voices of the call, the own one among them.
pub(super) struct Voices {
    /// The levels are shown on the page.
    page: Page,
    /// A copy of the own microphone, which is heard also while muted.
    monitor: Option<Monitor>,
    /// The meters of all voices are here.
    levels: Levels,
}

impl Voices {
    /// Nobody is heard yet.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            monitor: None,
            levels: Levels::new(),
        }
    }

    /// The audio engine of the meters, which plays sounds as well.
    pub(super) fn audio_context(&mut self) -> Option<&AudioContext> {
        self.levels.context()
    }

    /// Whether anybody is to be heard.
    pub(super) fn is_anybody_heard(&self) -> bool {
        self.levels.is_watching()
    }

    /// Measures a copy of the microphone's track: the one that is sent falls silent when muted.
    pub(super) fn measure_myself(&mut self, microphone: Option<&MediaStreamTrack>) {
        self.monitor = microphone.and_then(Monitor::of);
        self.levels
            .watch_myself(self.monitor.as_ref().map(Monitor::stream));
        if self.monitor.is_none() {
            self.page.session.silence(&Participant::Me);
        }
    }

    /// Measures the voices that are played now. Whoever is not heard any more has no level.
    pub(super) fn follow(&mut self) {
        let session = self.page.session;
        let levels = &mut self.levels;
        let silent = session
            .voices
            .with_untracked(|voices| levels.follow(voices));
        for participant in silent {
            session.silence(&participant);
        }
    }

    /// Starts the audio engine if the browser waited for a gesture.
    pub(super) fn resume(&self, errands: &Errands) {
        if let Some(resuming) = self.levels.resume() {
            errands.run_quietly(resuming);
        }
    }

    /// How loud everyone is now; it is shown as well.
    pub(super) fn take_levels(&mut self) -> Vec<(Participant, f32)> {
        let session = self.page.session;
        let levels = self.levels.measure();
        session.levels_are_of(self.page.now());
        for (participant, level) in &levels {
            let shown = session
                .visit
                .with(|visit| visit.shown_level(participant, *level));
            session.level(participant).set(shown);
        }
        levels
    }
}
