//! What is remembered of one picture that a subscriber sees: what it may have, and how often that was in vain.
//!
//! Invariant: a picture that fell does not rise before its wait is over, unless it is new or at another bottleneck.

use std::time::{Duration, Instant};

use super::demand::Offer;
use crate::protocol::sfu::{Layer, ViewedSize};

/// A slot that fell waits this long until it rises again, and twice as long each time it was in vain, up to the second.
const WAITS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(32));

/// A rise was in vain when it is undone within this time.
const PROBATION: Duration = Duration::from_secs(30);

/// An estimate so many times the one with which a slot rose in vain is that of another bottleneck.
const ANOTHER_BOTTLENECK: f64 = 1.25;

/// Between two steps upwards of a slot.
const STEP: Duration = Duration::from_secs(1);

/// What a layer takes is forgotten this slowly, a run.
const FADING: f64 = 0.99;

/// A layer that its publisher does not send within this time of being asked is not reckoned with.
const AWAITED: Duration = Duration::from_secs(6);

/// What is remembered of one picture.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    pub(super) size: ViewedSize,
    /// What it may have.
    pub(super) granted: Option<Layer>,
    /// What it has.
    pub(super) carried: Option<Layer>,
    /// It is new or shown larger than before: it rises at once, as far as it can.
    pub(super) is_fresh: bool,
    /// When it last rose, and the estimate then, in bits per second.
    pub(super) rose: Option<(Instant, f64)>,
    /// When it last fell, and how long it does not rise after that.
    pub(super) fell: Option<(Instant, Duration)>,
    /// Since when what is granted has been off.
    pub(super) awaited_since: Option<Instant>,
    /// The layers that did not come when they were asked for, by [`Layer::index`].
    pub(super) in_vain: [bool; Layer::ALL.len()],
    /// What each layer took of late when it came in, by [`Layer::index`], in bits per second.
    pub(super) taken: [Option<f64>; Layer::ALL.len()],
    /// Since when only less important pictures stand in its way.
    pub(super) short_since: Option<Instant>,
}

/// A layer that a picture can have.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) layer: Layer,
    /// In bits per second.
    pub(super) cost: f64,
    pub(super) is_live: bool,
}

impl Slot {
    /// Looks at what came of what is granted.
    pub(super) fn notice(&mut self, layers: &[Offer; Layer::ALL.len()], now: Instant) {
        for (in_vain, offer) in self.in_vain.iter_mut().zip(layers) {
            *in_vain &= matches!(offer, Offer::Off { .. });
        }
        for (taken, offer) in self.taken.iter_mut().zip(layers) {
            if let Offer::Live { cost } = offer {
                // What ends seems to take less in its last moments.
                *taken = Some(cost.max(FADING * taken.unwrap_or(0.0)));
            }
        }
        let is_off = |granted: &Layer| matches!(layers[granted.index()], Offer::Off { .. });
        let Some(granted) = self.granted.filter(is_off) else {
            self.awaited_since = None;
            return;
        };
        let since = *self.awaited_since.get_or_insert(now);
        if now.saturating_duration_since(since) >= AWAITED {
            self.in_vain[granted.index()] = true;
        }
    }

    /// The layers that it can have: up to what is enough for its size, or else the lowest that there is.
    pub(super) fn steps(&self, layers: &[Offer; Layer::ALL.len()]) -> Vec<Step> {
        let cap = match self.size {
            ViewedSize::Hidden => return vec![],
            ViewedSize::Thumbnail => Layer::Quarter,
            ViewedSize::Medium => Layer::Half,
            ViewedSize::Large => Layer::Full,
        };
        let mut steps: Vec<Step> = vec![];
        for layer in Layer::ALL {
            // Until a layer comes, the one below it flows.
            let below = steps.last().map_or(0.0, |step| step.cost);
            let (cost, is_live) = match layers[layer.index()] {
                Offer::Live { cost } => (cost, true),
                Offer::Off { nominal } => {
                    let cost = self.taken[layer.index()].unwrap_or(nominal);
                    (cost.max(below), false)
                }
                Offer::Absent => continue,
            };
            if !self.in_vain[layer.index()] {
                steps.push(Step {
                    layer,
                    cost,
                    is_live,
                });
            }
        }
        let enough = steps.iter().filter(|step| step.layer <= cap).count();
        steps.truncate(enough.max(1));
        steps
    }

    /// Whether it may rise at a time: it has waited for long enough, or it is not the bottleneck that it fell at.
    pub(super) fn may_rise(&self, estimate: f64, now: Instant) -> bool {
        let (shortest, _) = WAITS;
        let passed = |since: Instant, wait| now.saturating_duration_since(since) >= wait;
        let is_other = |(_, then)| estimate > ANOTHER_BOTTLENECK * then;
        let waited = self.fell.is_none_or(|(since, wait)| {
            passed(since, wait) || (self.rose.is_some_and(is_other) && passed(since, shortest))
        });
        let stepped = self.rose.is_none_or(|(since, _)| passed(since, STEP));
        self.is_fresh || (waited && stepped)
    }

    /// It could not keep what it had.
    pub(super) fn fail(&mut self, now: Instant) {
        let (shortest, longest) = WAITS;
        let is_undone = |(since, _)| now.saturating_duration_since(since) < PROBATION;
        let wait = match self.fell {
            Some((_, wait)) if self.rose.is_some_and(is_undone) => longest.min(wait * 2),
            _ => shortest,
        };
        self.fell = Some((now, wait));
        self.in_vain = Default::default();
    }

    /// What it had is given to a more important picture.
    pub(super) fn yield_place(&mut self, now: Instant) {
        let (shortest, _) = WAITS;
        let wait = self.fell.map_or(shortest, |(_, wait)| wait);
        self.fell = Some((now, wait));
    }
}
