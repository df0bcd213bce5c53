//! Who speaks: a level ten times a second becomes a ring that neither flickers nor lags.
//!
//! Invariant: speaking begins within two samples of a clear voice and ends only after a pause longer than those between
//! words.

use crate::room::moment::Moment;

/// From this level on (`0.0..=1.0`, root mean square) a sound may be a voice.
const BEGIN_LEVEL: f32 = 0.05;

/// A level below this is a pause.
const END_LEVEL: f32 = 0.025;

/// So many loud samples in a row begin speaking: one alone is a click.
const LOUD_SAMPLES: u8 = 2;

/// A pause of this length ends speaking, in ms.
const PAUSE_MS: u64 = 600;

/// Somebody speaks, or does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speaking {
    /// They do not.
    #[default]
    Silent,
    /// They do.
    Talking,
}

/// Follows one participant's level.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpeakingDetector {
    /// The person is silent or speaks.
    phase: Phase,
}

/// Speaking and silence need different evidence to end.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// They are silent; so many loud samples came one after another.
    Silent { loud: u8 },
    /// They speak, and a level that was no pause was heard then for the last time.
    Talking { heard: Moment },
}

impl Default for Phase {
    fn default() -> Self {
        Self::Silent { loud: 0 }
    }
}

impl SpeakingDetector {
    /// Takes a sample and says where that leaves them. What is not a number counts as silence.
    pub fn hear(&mut self, level: f32, now: Moment) -> Speaking {
        let level = if level.is_nan() { 0.0 } else { level };
        self.phase = match self.phase {
            Phase::Silent { .. } if level < BEGIN_LEVEL => Phase::Silent { loud: 0 },
            Phase::Silent { loud } if loud + 1 < LOUD_SAMPLES => Phase::Silent { loud: loud + 1 },
            Phase::Silent { .. } => Phase::Talking { heard: now },
            Phase::Talking { .. } if level >= END_LEVEL => Phase::Talking { heard: now },
            Phase::Talking { heard } if now.since(heard) < PAUSE_MS => Phase::Talking { heard },
            Phase::Talking { .. } => Phase::Silent { loud: 0 },
        };
        match self.phase {
            Phase::Silent { .. } => Speaking::Silent,
            Phase::Talking { .. } => Speaking::Talking,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(levels: &[f32]) -> Vec<bool> {
        let mut detector = SpeakingDetector::default();
        (0_u64..)
            .step_by(100)
            .zip(levels)
            .map(|(ms, level)| detector.hear(*level, Moment(ms)) == Speaking::Talking)
            .collect()
    }

    #[test]
    fn a_click_is_not_a_voice_but_two_loud_samples_are() {
        assert_eq!(follow(&[0.9, 0.0, 0.9, 0.0]), [false; 4]);
        assert_eq!(follow(&[0.1, 0.1, 0.1]), [false, true, true]);
    }

    #[test]
    fn pauses_between_words_do_not_end_it_and_a_longer_one_does() {
        let mut levels = vec![0.2, 0.2];
        levels.extend([0.0; 5]);
        levels.push(0.03);
        levels.extend([0.0; 7]);
        let talking = follow(&levels);
        assert!(talking[1..13].iter().all(|talking| *talking));
        assert_eq!(talking[13..], [false, false]);
    }

    #[test]
    fn what_is_not_a_number_is_silence() {
        assert_eq!(follow(&[f32::NAN, f32::NAN, f32::NAN]), [false; 3]);
    }
}
