//! The user's attention: sounds, the hint for somebody who speaks while muted, and a screen that stays on.

use futures::FutureExt;
use leptos::prelude::*;

use super::Engine;
use crate::client::audio::tones::Tones;
use crate::client::browser::wake_lock::WakeLock;
use crate::room::attention::{MutedHint, Sound, SoundPacer, sound_of_notice};
use crate::room::{Event, Notice, SocketEvent, Switch};
use crate::session::NoticeAction;

/// What draws the user's attention.
#[derive(Default)]
pub(super) struct Attention {
    hint: MutedHint,
    pacer: SoundPacer,
    tones: Option<Tones>,
    wake_lock: WakeLock,
}

impl Engine {
    /// Tells something in passing, with its sound.
    pub(super) fn tell(&mut self, notice: Notice) {
        if let Some(sound) = sound_of_notice(&notice) {
            self.sound(sound);
        }
        self.session.notify(notice);
    }

    /// Tells something in passing, if there is a call in which to see it.
    pub(super) fn tell_in_call(&mut self, notice: Notice, action: Option<NoticeAction>) {
        if !self.is_in_call() {
            return;
        }
        match action {
            None => self.tell(notice),
            Some(action) => self.session.offer(notice, action),
        }
    }

    /// Makes a sound, unless the user wants none or made it a moment ago.
    pub(super) fn sound(&mut self, sound: Sound) {
        let (now, wanted) = (self.clock.now(), self.preferences.sounds);
        if self.attention.pacer.admit(now, sound, wanted) {
            self.play(sound);
        }
    }

    /// Plays a sound on the chosen speaker, for the user to hear which one that is.
    pub(super) fn test_speaker(&mut self) {
        self.resume_sound();
        self.play(Sound::Arrival);
    }

    /// Wants sounds, or none, from now on.
    pub(super) fn set_sounds(&mut self, sounds: Switch) {
        self.preferences.sounds = sounds;
        self.remember();
    }

    fn play(&mut self, sound: Sound) {
        if self.attention.tones.is_none() {
            self.attention.tones = self.levels.context().and_then(Tones::new);
        }
        let speaker = self.session.media.with_untracked(|media| {
            let chosen = media.settings.speaker_device.clone();
            chosen.filter(|id| media.devices.iter().any(|device| device.id == *id))
        });
        if let Some(tones) = &self.attention.tones {
            let playing = tones.play(sound.tones(), speaker.as_ref());
            self.errands.push(playing.map(|()| None).boxed_local());
        }
    }

    /// Looks at the own level; what is shown of it is silence while muted.
    pub(super) fn hear_myself(&mut self, level: f32) -> f32 {
        let switch = self
            .session
            .media
            .with_untracked(|media| media.microphone.switch);
        let now = self.clock.now();
        if self.is_in_call() && self.attention.hint.hear(now, level, switch) {
            self.session.notify(Notice::SpeakingWhileMuted);
        }
        match switch {
            Switch::On => level,
            Switch::Off => 0.0,
        }
    }

    /// Keeps the screen on in a call, and only there.
    pub(super) fn keep_awake(&mut self) {
        let lock = &self.attention.wake_lock;
        if !self.is_in_call() {
            if lock.is_wanted() {
                lock.release();
            }
        } else if let Some(acquiring) = lock.acquire(&self.window) {
            self.errands.push(acquiring.map(|()| None).boxed_local());
        }
    }

    /// The page is shown again: the browser took the lock when it was hidden.
    pub(super) fn page_shown(&mut self) {
        self.apply(Event::Socket(SocketEvent::Doubted));
        if self.attention.wake_lock.is_wanted() {
            self.keep_awake();
        }
    }

    fn is_in_call(&self) -> bool {
        self.session
            .state
            .with_untracked(|state| state.call().is_some())
    }
}
