//! "You are muted": said to somebody who speaks without being heard.
//!
//! The level must come from a copy of the microphone's track that stays enabled: the one that is sent falls silent
//! when muted.

use crate::room::moment::Moment;
use crate::room::stage::speaking::{Speaking, SpeakingDetector};
use crate::room::switch::Switch;

/// Somebody must speak this long, in ms.
const SPEAKING_MS: u64 = 1_000;
/// A hint keeps quiet this long after the one before, in ms.
const DISTANCE_MS: u64 = 30_000;

/// Decides when to give the hint. Feed it the microphone's level about ten times a second.
#[derive(Clone, Copy, Debug, Default)]
pub struct MutedHint {
    /// The detector tells a voice from a cough while the microphone is muted.
    detector: SpeakingDetector,
    /// Somebody has been speaking while muted since then, or since the last hint.
    since: Option<Moment>,
    /// The hint was given then for the last time, so that the next one keeps its distance.
    last: Option<Moment>,
}

impl MutedHint {
    /// Takes a level (`0.0..=1.0`); true when the hint is to be given now.
    pub fn hear(&mut self, now: Moment, level: f32, microphone: Switch) -> bool {
        if microphone == Switch::On {
            self.detector = SpeakingDetector::default();
            self.since = None;
            return false;
        }
        if self.detector.hear(level, now) == Speaking::Silent {
            self.since = None;
            return false;
        }
        let since = *self.since.get_or_insert(now);
        let quiet = self.last.is_none_or(|last| now.since(last) >= DISTANCE_MS);
        let give = quiet && now.since(since) >= SPEAKING_MS;
        if give {
            self.last = Some(now);
            self.since = None;
        }
        give
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments, in tenths of a second, at which the hint is given.
    fn hints(samples: impl IntoIterator<Item = (f32, Switch)>) -> Vec<usize> {
        let mut hint = MutedHint::default();
        let moments = (0_u64..).map(|step| Moment(step * 100));
        let given = moments
            .zip(samples)
            .map(|(now, (level, switch))| hint.hear(now, level, switch));
        given
            .enumerate()
            .filter_map(|(step, given)| given.then_some(step))
            .collect()
    }

    #[test]
    fn speaking_for_a_second_while_muted_gives_one_hint_each_half_minute() {
        let given = hints(std::iter::repeat_n((0.3, Switch::Off), 900));
        assert_eq!(given.len(), 3, "{given:?}");
        assert!((10..=13).contains(&given[0]), "{given:?}");
        assert!(given.windows(2).all(|pair| pair[1] - pair[0] >= 300));
    }

    #[test]
    fn coughs_silence_and_an_open_microphone_give_none() {
        assert!(hints(std::iter::repeat_n((0.3, Switch::On), 900)).is_empty());
        assert!(hints(std::iter::repeat_n((0.01, Switch::Off), 900)).is_empty());
        let coughs = (0..900).map(|step| (if step % 30 < 3 { 0.8 } else { 0.0 }, Switch::Off));
        assert!(hints(coughs).is_empty());
    }
}
