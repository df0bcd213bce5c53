//! One number and one of three steps for how well a person comes across.
//!
//! Invariant: the same sample gives the same score; the indicator follows a fall at once or nearly so, a rise only when
//! it lasts, and never flickers around a border.

use serde::Serialize;

use super::sample::Sample;
use crate::protocol::MediaState;
use crate::room::participant::TrackKind;

/// 0 (nothing comes through) to 100 (as good as it gets).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Score(u8);

impl Score {
    /// The number, `0..=100`.
    pub fn value(self) -> u8 {
        self.0
    }

    fn from_points(points: f64) -> Self {
        Self(points.round().clamp(0.0, 100.0) as u8)
    }
}

/// Three steps are shown, each with its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Indicator {
    /// The person is hard to follow.
    Poor,
    /// There is noticeable trouble.
    Fair,
    /// There is nothing to complain about.
    Good,
}

/// Scores what a person who says they send `expected` sounds and looks like. Sound and picture are scored apart and the
/// worse one counts; the shared screen is left out, since a still screen sends next to nothing.
///
/// Sound follows the shape of the E-model (ITU-T G.107): delay costs little below 160 ms one way and much above,
/// loss costs most. `None` while nothing is expected or known.
pub fn score(sample: &Sample, expected: MediaState) -> Option<Score> {
    let sound = expected.audio.then(|| sound_points(sample)).flatten();
    let picture = expected.video.then(|| picture_points(sample)).flatten();
    let worse = match (sound, picture) {
        (Some(sound), Some(picture)) => Some(sound.min(picture)),
        (one, other) => one.or(other),
    };
    let worse = worse.or_else(|| {
        let known = sample.path.round_trip_ms.is_some();
        known.then(|| 100.0 - delay_points(sample, 0.0))
    });
    worse.map(Score::from_points)
}

fn sound_points(sample: &Sample) -> Option<f64> {
    let track = sample.received(TrackKind::Microphone)?;
    if track.bitrate == Some(0.0) {
        return Some(0.0);
    }
    let jitter = track.jitter_ms.unwrap_or(0.0);
    // Opus conceals a few lost packets well; what had to be made up tells more than what was lost.
    let loss = track.loss?.max(track.concealed.unwrap_or(0.0));
    Some(100.0 - delay_points(sample, jitter) - (loss * 350.0).min(80.0))
}

/// What delay costs: up to 8 points below 160 ms one way, then 1 point for each 8 ms.
fn delay_points(sample: &Sample, jitter_ms: f64) -> f64 {
    let one_way = sample.path.round_trip_ms.unwrap_or(0.0) / 2.0 + 2.0 * jitter_ms;
    one_way.min(160.0) / 20.0 + (one_way - 160.0).max(0.0) / 8.0
}

fn picture_points(sample: &Sample) -> Option<f64> {
    let track = sample.received(TrackKind::Camera)?;
    let video = track.video.as_ref()?;
    let frames_per_second = video.frames_per_second?;
    let slow = match frames_per_second {
        rate if rate < 1.0 => 90.0,
        rate if rate < 15.0 => (15.0 - rate) * 4.0,
        _ => 0.0,
    };
    let frozen = video.frozen.unwrap_or(0.0) * 120.0 + video.freezes.unwrap_or(0.0) * 5.0;
    let loss = (track.loss.unwrap_or(0.0) * 300.0).min(60.0);
    let coarse = match video.size.map(|size| size.width.min(size.height)) {
        Some(lines) if lines < 120 => 15.0,
        Some(lines) if lines < 240 => 5.0,
        _ => 0.0,
    };
    let delay = delay_points(sample, track.jitter_ms.unwrap_or(0.0));
    Some(100.0 - delay - slow - frozen - loss - coarse)
}

/// Turns scores into an [`Indicator`] with hysteresis: feed it every sample's score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meter {
    /// The step is shown; `None` before the first score.
    shown: Option<Indicator>,
    /// The scores are smoothed to this, in points from 0 to 100.
    smoothed: f64,
    /// So many samples in a row were good for a better step than the shown one.
    better_for: u32,
}

/// A score from here on is good when it comes from below.
const GOOD_FROM: f64 = 75.0;
/// A score from here on is fair when it comes from below.
const FAIR_FROM: f64 = 45.0;
/// A score must fall this far below the border to lose the step.
const MARGIN: f64 = 10.0;
/// So many samples in a row must be better before a better step is shown.
const BETTER_SAMPLES: u32 = 2;
/// The newest score weighs this much when it is better than before, in `0.0..=1.0`.
const RISING_WEIGHT: f64 = 0.5;
/// The newest score weighs this much when it is worse: bad news is shown sooner.
const FALLING_WEIGHT: f64 = 0.9;

impl Meter {
    /// What is shown now; `None` before the first score.
    pub fn indicator(&self) -> Option<Indicator> {
        self.shown
    }

    /// Takes one more score and says what is shown from now on.
    pub fn observe(&mut self, score: Score) -> Indicator {
        let newest = f64::from(score.value());
        let Some(shown) = self.shown else {
            self.smoothed = newest;
            return self.show(step(newest, 0.0));
        };
        let weight = if newest < self.smoothed {
            FALLING_WEIGHT
        } else {
            RISING_WEIGHT
        };
        self.smoothed += (newest - self.smoothed) * weight;
        let after_fall = step(self.smoothed, MARGIN);
        let after_rise = step(self.smoothed, 0.0);
        if after_fall < shown {
            return self.show(after_fall);
        }
        if after_rise <= shown {
            self.better_for = 0;
            return shown;
        }
        self.better_for += 1;
        if self.better_for >= BETTER_SAMPLES {
            return self.show(after_rise);
        }
        shown
    }

    fn show(&mut self, indicator: Indicator) -> Indicator {
        self.better_for = 0;
        self.shown = Some(indicator);
        indicator
    }
}

fn step(points: f64, margin: f64) -> Indicator {
    match points + margin {
        points if points >= GOOD_FROM => Indicator::Good,
        points if points >= FAIR_FROM => Indicator::Fair,
        _ => Indicator::Poor,
    }
}
