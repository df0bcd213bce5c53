//! Which occasion makes which sound. Sounds are a few tones, so that no file has to be loaded.
//!
//! Invariant: the same sound is not made twice within [`DISTANCE_MS`], however many people arrive at once.

use crate::room::moment::Moment;
use crate::room::notice::{Notice, Occasion};
use crate::room::switch::Switch;

/// Two sounds of one kind are at least this far apart, in ms.
const DISTANCE_MS: u64 = 1_000;

/// A sound tells of something without a look at the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sound {
    /// Somebody came.
    Arrival,
    /// Somebody went.
    Departure,
    /// A message came.
    Message,
    /// Somebody raised a hand.
    Hand,
    /// Something needs looking at.
    Trouble,
}

/// One tone of a sound: a sine that fades in and out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// The tone has this frequency, in Hz.
    pub frequency: f32,
    /// The tone lasts this long, in ms.
    pub duration_ms: u32,
}

const fn tone(frequency: f32, duration_ms: u32) -> Tone {
    Tone {
        frequency,
        duration_ms,
    }
}

impl Sound {
    /// There are so many kinds of sounds, and each is paced for itself.
    const COUNT: usize = 5;

    /// The tones, one after the other.
    pub fn tones(self) -> &'static [Tone] {
        match self {
            Self::Arrival => const { &[tone(523.25, 90), tone(783.99, 140)] },
            Self::Departure => const { &[tone(783.99, 90), tone(523.25, 140)] },
            Self::Message => const { &[tone(880.0, 80)] },
            Self::Hand => const { &[tone(659.26, 80), tone(659.26, 120)] },
            Self::Trouble => const { &[tone(311.13, 180), tone(261.63, 220)] },
        }
    }
}

/// The sound of a notice; most make none.
pub fn sound_of_notice(notice: &Notice) -> Option<Sound> {
    match notice {
        Notice::People(occasion, ..) => match occasion {
            Occasion::Came => Some(Sound::Arrival),
            Occasion::Went | Occasion::Lost | Occasion::Removed => Some(Sound::Departure),
            Occasion::Said(_) => Some(Sound::Message),
            Occasion::HandRaised | Occasion::RecordingStarted | Occasion::RecordingStopped => {
                Some(Sound::Hand)
            }
            Occasion::SharesScreen | Occasion::DeviceCame | Occasion::DeviceWent => None,
        },
        Notice::FellBack(_) => Some(Sound::Trouble),
        _ => None,
    }
}

/// Keeps sounds apart, and keeps quiet when the user wants that.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SoundPacer {
    /// Each kind of sound was played then for the last time; the place is the kind's number.
    last: [Option<Moment>; Sound::COUNT],
}

impl SoundPacer {
    /// Whether to make this sound now.
    pub fn admit(&mut self, now: Moment, sound: Sound, sounds: Switch) -> bool {
        let last = &mut self.last[sound as usize];
        let apart = last.is_none_or(|last| now.since(last) >= DISTANCE_MS);
        let admitted = sounds == Switch::On && apart;
        if admitted {
            *last = Some(now);
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::DisplayName;
    use crate::room::channel::Addressed;

    #[test]
    fn occasions_have_their_sounds_and_the_rest_is_silence() {
        let ada = DisplayName::parse("Ada").unwrap();
        for (occasion, sound) in [
            (Occasion::Came, Some(Sound::Arrival)),
            (Occasion::Lost, Some(Sound::Departure)),
            (Occasion::Said(Addressed::Everyone), Some(Sound::Message)),
            (Occasion::HandRaised, Some(Sound::Hand)),
            (Occasion::SharesScreen, None),
            (Occasion::DeviceCame, None),
            (Occasion::DeviceWent, None),
        ] {
            let notice = Notice::of(occasion, ada.clone());
            assert_eq!(sound_of_notice(&notice), sound);
        }
        assert_eq!(sound_of_notice(&Notice::LinkCopied), None);
    }

    #[test]
    fn a_crowd_arrives_with_one_sound() {
        let mut pacer = SoundPacer::default();
        let made = (0..100)
            .filter(|step| pacer.admit(Moment(step * 20), Sound::Arrival, Switch::On))
            .count();
        assert_eq!(made, 2);
        assert!(pacer.admit(Moment(1_990), Sound::Message, Switch::On));
        assert!(!pacer.admit(Moment(9_000), Sound::Trouble, Switch::Off));
        assert!(pacer.admit(Moment(9_000), Sound::Trouble, Switch::On));
    }
}
