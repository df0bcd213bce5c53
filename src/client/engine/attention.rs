//! The user's attention: sounds, the hint for somebody who speaks while muted, and a screen that stays on.

use leptos::prelude::*;

use super::errands::Errands;
use super::page::Page;
use crate::client::audio::levels::Levels;
use crate::client::audio::tones::Tones;
use crate::client::browser::wake_lock::WakeLock;
use crate::room::attention::{MutedHint, Sound, SoundPacer};
use crate::room::{Notice, Switch};

/// What draws the user's attention.
pub(super) struct Attention {
    page: Page,
    hint: MutedHint,
    pacer: SoundPacer,
    /// Made with the first sound.
    tones: Option<Tones>,
    wake_lock: WakeLock,
}

impl Attention {
    /// Nothing was heard yet, and the screen may go off.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            hint: MutedHint::default(),
            pacer: SoundPacer::default(),
            tones: None,
            wake_lock: WakeLock::default(),
        }
    }

    /// Makes a sound, unless the user wants none or made it a moment ago.
    pub(super) fn sound(&mut self, sound: Sound, levels: &mut Levels, errands: &Errands) {
        let preferences = self.page.session.preferences;
        let wanted = preferences.with_untracked(|preferences| preferences.sounds);
        if self.pacer.admit(self.page.now(), sound, wanted) {
            self.play(sound, levels, errands);
        }
    }

    /// Plays a sound on the chosen speaker.
    pub(super) fn play(&mut self, sound: Sound, levels: &mut Levels, errands: &Errands) {
        if self.tones.is_none() {
            self.tones = levels.context().and_then(Tones::new);
        }
        let speaker = self.page.session.media.with_untracked(|media| {
            let chosen = media.settings.speaker_device.clone();
            chosen.filter(|id| media.devices.iter().any(|device| device.id == *id))
        });
        if let Some(tones) = &self.tones {
            errands.run_quietly(tones.play(sound.tones(), speaker.as_ref()));
        }
    }

    /// Looks at the own level; what is shown of it is silence while muted.
    pub(super) fn hear_myself(&mut self, level: f32) -> f32 {
        let session = &self.page.session;
        let switch = session
            .media
            .with_untracked(|media| media.microphone.switch);
        let now = self.page.now();
        if self.page.is_in_call() && self.hint.hear(now, level, switch) {
            session.notify(Notice::SpeakingWhileMuted);
        }
        match switch {
            Switch::On => level,
            Switch::Off => 0.0,
        }
    }

    /// Keeps the screen on in a call, and only there.
    pub(super) fn keep_awake(&mut self, errands: &Errands) {
        if !self.page.is_in_call() {
            if self.wake_lock.is_wanted() {
                self.wake_lock.release();
            }
        } else if let Some(acquiring) = self.wake_lock.acquire(&self.page.window) {
            errands.run_quietly(acquiring);
        }
    }

    /// The page is shown again: the browser took the lock when it was hidden.
    pub(super) fn page_shown(&mut self, errands: &Errands) {
        if self.wake_lock.is_wanted() {
            self.keep_awake(errands);
        }
    }
}
