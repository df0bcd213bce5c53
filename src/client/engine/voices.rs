//! How loud everybody is, and who has the floor.

use std::collections::HashSet;

use leptos::prelude::*;
use web_sys::{MediaStream, MediaStreamTrack};

use super::attention::Attention;
use super::errands::Errands;
use super::page::Page;
use crate::client::audio::levels::Levels;
use crate::client::audio::monitor::Monitor;
use crate::protocol::PeerId;
use crate::room::stage::ActiveSpeaker;
use crate::room::{Participant, TrackKind};

/// The voices of the call, the own one among them.
pub(super) struct Voices {
    page: Page,
    /// A copy of the own microphone, which is heard also while muted.
    monitor: Option<Monitor>,
    levels: Levels,
    speaker: ActiveSpeaker,
    /// The people whose level the session was asked for, and has to forget.
    measured: HashSet<PeerId>,
}

impl Voices {
    /// Nobody is heard yet.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            monitor: None,
            levels: Levels::new(),
            speaker: ActiveSpeaker::default(),
            measured: HashSet::new(),
        }
    }

    /// The meters, whose audio engine plays sounds as well.
    pub(super) fn levels(&mut self) -> &mut Levels {
        &mut self.levels
    }

    /// Measures a copy of the microphone's track: the one that is sent falls silent when muted.
    pub(super) fn measure_myself(&mut self, microphone: Option<&MediaStreamTrack>) {
        self.levels.unwatch(&Participant::Me);
        self.monitor = microphone.and_then(Monitor::of);
        match &self.monitor {
            Some(monitor) => self.levels.watch(Participant::Me, monitor.stream()),
            None => self.page.session.level(&Participant::Me).set(0.0),
        }
    }

    /// Measures the voice among the streams a person's connection brought.
    pub(super) fn measure(&mut self, peer: &PeerId, streams: &[(TrackKind, MediaStream)]) {
        for (kind, stream) in streams {
            if *kind == TrackKind::Microphone {
                self.levels.watch(Participant::Peer(peer.clone()), stream);
            }
        }
        self.measured.insert(peer.clone());
    }

    /// A person's connection is gone, and with it their voice.
    pub(super) fn silence(&mut self, participant: &Participant) {
        self.levels.unwatch(participant);
        self.page.session.level(participant).set(0.0);
    }

    /// Forgets the levels of everyone but these people.
    pub(super) fn forget_all_but(&mut self, people: &[PeerId]) {
        let gone = self.measured.extract_if(|id| !people.contains(id));
        for id in gone {
            self.page.session.forget_level(&Participant::Peer(id));
        }
    }

    /// Starts the audio engine if the browser waited for a gesture.
    pub(super) fn resume(&self, errands: &Errands) {
        if let Some(resuming) = self.levels.resume() {
            errands.run_quietly(resuming);
        }
    }

    /// Shows how loud everyone is, and follows who speaks.
    pub(super) fn take_levels(&mut self, attention: &mut Attention) {
        let session = self.page.session;
        let mut others: Vec<(PeerId, f32)> = Vec::new();
        for (participant, level) in self.levels.measure() {
            let shown = match participant {
                Participant::Me => attention.hear_myself(level),
                Participant::Peer(_) => level,
            };
            session.level(&participant).set(shown);
            if let Participant::Peer(peer) = participant {
                others.push((peer, level));
            }
        }
        let speaker = self.speaker.hear(self.page.now(), &others);
        if session
            .speaker
            .with_untracked(|shown| shown.as_ref() != speaker)
        {
            session.speaker.set(speaker.cloned());
        }
    }
}
