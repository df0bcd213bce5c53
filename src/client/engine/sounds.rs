//! Sounds, on the speaker that the user chose.

use super::errands::Errands;
use super::page::Page;
use super::voices::Voices;
use crate::client::audio::tones::Tones;
use crate::room::attention::Sound;

/// The player of sounds.
pub(super) struct Sounds {
    /// The page knows the speaker the user chose.
    page: Page,
    /// The player is made with the first sound.
    tones: Option<Tones>,
}

impl Sounds {
    /// Nothing was heard yet.
    pub(super) fn new(page: Page) -> Self {
        Self { page, tones: None }
    }

    /// Plays a sound; the audio engine that measures voices plays it as well.
    pub(super) fn play(&mut self, sound: Sound, voices: &mut Voices, errands: &Errands) {
        if self.tones.is_none() {
            self.tones = voices.audio_context().and_then(Tones::new);
        }
        let speaker = self.page.session.media.with_untracked(|media| {
            let chosen = media.settings.speaker_device.clone();
            chosen.filter(|id| media.devices.iter().any(|device| device.id == *id))
        });
        if let Some(tones) = &self.tones {
            errands.run_quietly(tones.play(sound.tones(), speaker.as_ref()));
        }
    }
}
