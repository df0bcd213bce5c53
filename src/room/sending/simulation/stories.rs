//! What the stories share: who keeps count of those that end badly, and what is counted in them.

use super::calls::{Browser, Period};

pub(super) const BROWSERS: [Browser; 2] = [Browser::Obedient, Browser::Estimating];
/// What one person can make use of, at 720 lines.
pub(super) const DEMAND: f64 = 1_840_000.0;

/// Whether a story held what it promises, or else what it did not.
pub(super) type Outcome = Result<(), String>;

/// A promise of a story: it holds, or the story is over.
pub(super) fn hold(holds: bool, broken: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(broken()) }
}

/// Counts stories whose promises are bounds on what chance does, as how often a bitrate turns. Such a bound is never true of
/// every seed: the usual ones all keep it, and of each hundred begun at most one does not.
pub(super) struct Tally {
    usual: u64,
    stories: usize,
    broken: Vec<String>,
}

impl Tally {
    /// The seeds below `usual` all hold.
    pub(super) fn new(usual: u64) -> Self {
        Self {
            usual,
            stories: 0,
            broken: Vec::new(),
        }
    }

    /// One more story was told.
    pub(super) fn add(&mut self, seed: u64, outcome: Outcome) {
        self.stories += 1;
        if let Err(broken) = outcome {
            assert!(seed >= self.usual, "{broken}");
            self.broken.push(broken);
        }
    }

    /// All were told.
    pub(super) fn finish(self) {
        assert!(
            self.broken.len() <= self.stories.div_ceil(100),
            "{} of {} stories are broken\n{}",
            self.broken.len(),
            self.stories,
            self.broken.join("\n")
        );
    }
}

pub(super) fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// How often the size of the picture turned for whom it did most.
pub(super) fn lines_turns(periods: &[Period]) -> usize {
    let people = periods[0].lines.len();
    (0..people)
        .map(|index| turns(periods.iter().map(|period| period.lines[index])))
        .max()
        .unwrap_or_default()
}

/// How often a series turns from falling to rising or back, moves of less than a twentieth left aside.
pub(crate) fn turns(series: impl IntoIterator<Item = f64>) -> usize {
    let mut series = series.into_iter();
    let mut reference = series.next().unwrap_or_default();
    let (mut rising, mut turns) = (None, 0);
    for value in series {
        if (value - reference).abs() <= reference * 0.05 {
            continue;
        }
        let up = value > reference;
        if rising.is_some_and(|before| before != up) {
            turns += 1;
        }
        rising = Some(up);
        reference = value;
    }
    turns
}
