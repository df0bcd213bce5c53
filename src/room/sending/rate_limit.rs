//! A bound on a bitrate that falls at once and rises by cautious probes.
//!
//! Invariant: between two rises lie at least as many good samples as the patience says; a rise that failed is taken
//! back and doubles the patience, one that held shortens it; what was learned of one bottleneck does not count for
//! another. So a steady bottleneck is probed ever more rarely, and one that widened is soon left behind.

/// A rise takes so many good samples while no ceiling is known.
const EAGER_PATIENCE: u32 = 3;
/// A rise takes at least so many good samples once a ceiling is known.
const LEAST_PATIENCE: u32 = 5;
/// A rise must hold for so many samples to count as good where nothing is known to be in the way.
const EAGER_PROBE: u32 = 3;
/// A rise must hold for so many samples to count as good near a known ceiling.
const CAREFUL_PROBE: u32 = 6;
/// The bound rises by this factor where nothing is known to be in the way.
const EAGER_STEP: f64 = 1.4;
/// The bound rises by this factor near a known ceiling.
const CAREFUL_STEP: f64 = 1.15;
/// The bound rises by at least this, in bits/s, so that a picture comes back soon after only a voice did fit.
const LEAST_STEP: f64 = 50_000.0;
/// A ceiling is forgotten once the bound held this far above it; less may be luck.
const PASSED: f64 = 1.15;
/// A ceiling is forgotten once the bound held this far above it where the bound was not being used.
const FAR_PASSED: f64 = 1.5;
/// From this share of the bound on it counts as being used.
const EXERCISED: f64 = 0.65;
/// A good sample counts this much towards a rise while the bound is not being used.
const UNUSED_WEIGHT: f64 = 0.5;
/// Below this share of the bound, what came through tells of another bottleneck than the one that is known.
const ANOTHER: f64 = 0.5;
/// From this share of a known ceiling on, a bound that holds may do so by luck.
const NEAR: f64 = 0.9;
/// This share is kept of what came through when it was too much.
const KEPT: f64 = 0.85;
/// After a failed probe the bound before it is trusted if at least this share of it came through.
const FAILED_PROBE_DELIVERS: f64 = 0.6;
/// One sample leaves at least this share of the bound while less than the bound was being sent.
const LEAST_KEPT_UNUSED: f64 = 0.5;

/// The bound was raised to see whether that holds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct RateProbe {
    /// The bound was this before, in bits/s, and becomes it again if the rise fails.
    from: f64,
    /// So many samples without trouble are still to come before the rise counts as good.
    left: u32,
    /// The raised bound was used at least once: one that nobody leans on proves little by holding.
    exercised: bool,
}

/// The bound. All bitrates are in bits/s.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RateLimit {
    /// At most this is sent now.
    bitrate: f64,
    /// The bound never falls below this.
    least: f64,
    /// The bound last failed at this; `None` while nothing is known to be in the way.
    ceiling: Option<f64>,
    /// A rise takes so many good samples.
    patience: u32,
    /// The patience never grows beyond so many samples.
    most_patience: u32,
    /// So many good samples came since the last rise or trouble; one without use counts for half.
    good: f64,
    /// The bound is being tried out; `None` while it is trusted.
    probe: Option<RateProbe>,
    /// The last sample led to a cut: the next still shows the time before it.
    settling: bool,
}

impl RateLimit {
    /// Begins at `bitrate` and never falls below `least`; waits at most `most_patience` good samples to rise.
    pub(super) fn new(bitrate: f64, least: f64, most_patience: u32) -> Self {
        Self {
            bitrate: bitrate.max(least),
            least,
            ceiling: None,
            patience: EAGER_PATIENCE,
            most_patience,
            good: 0.0,
            probe: None,
            settling: false,
        }
    }

    pub(super) fn bitrate(&self) -> f64 {
        self.bitrate
    }

    pub(super) fn is_probing(&self) -> bool {
        self.probe.is_some()
    }

    /// Whether the bound is being tried out, or is where it failed before: it may well be taken back.
    pub(super) fn is_doubtful(&self) -> bool {
        self.ceiling
            .is_some_and(|ceiling| self.probe.is_some() || self.bitrate >= ceiling)
    }

    /// Whether there is a bitrate at which it failed.
    pub(super) fn has_ceiling(&self) -> bool {
        self.ceiling.is_some()
    }

    /// Too much: `used` of the bound was being sent, `delivered` came through.
    pub(super) fn congested(&mut self, used: f64, delivered: f64) {
        self.good = 0.0;
        // The sample after a cut still shows the time before it, unless things got far worse.
        if std::mem::take(&mut self.settling) && delivered > self.bitrate * 0.5 {
            return;
        }
        self.settling = true;
        if self.probe.is_none() {
            if delivered < self.bitrate * ANOTHER {
                self.patience = LEAST_PATIENCE;
            } else if self.is_near_ceiling() {
                self.lose_patience();
            }
        }
        self.ceiling = Some(self.bitrate);
        self.patience = self.patience.max(LEAST_PATIENCE);
        let bound = delivered.min(self.bitrate);
        let cut = match self.probe.take() {
            Some(probe) => {
                self.lose_patience();
                // In the turmoil of a failed probe less comes through than would without it.
                if bound > probe.from * FAILED_PROBE_DELIVERS {
                    probe.from
                } else {
                    bound * KEPT
                }
            }
            None if used < self.bitrate * 0.6 => {
                (bound * KEPT).max(self.bitrate * LEAST_KEPT_UNUSED)
            }
            None => bound * KEPT,
        };
        self.bitrate = cut.max(self.least);
    }

    /// Whether the bound is about where it failed before, so that a rise to here has held by luck.
    fn is_near_ceiling(&self) -> bool {
        self.ceiling
            .is_some_and(|ceiling| (ceiling * NEAR..ceiling * PASSED).contains(&self.bitrate))
    }

    /// A rise has failed: the next one has to wait longer.
    fn lose_patience(&mut self) {
        self.patience = (self.patience * 2).min(self.most_patience);
    }

    /// From now on it never falls below `least`.
    pub(super) fn set_least(&mut self, least: f64) {
        self.least = least;
        self.bitrate = self.bitrate.max(least);
    }

    /// Something else is being probed, or bounds more: nothing can be learned, and nothing is forgotten.
    pub(super) fn wait(&mut self) {
        self.settling = false;
        self.probe = None;
    }

    /// Neither good nor bad.
    pub(super) fn hold(&mut self) {
        self.settling = false;
        self.good = 0.0;
    }

    /// All is well while `used` of the `allowed` was being sent; up to `demand` would be of use. Less than the bound may
    /// be allowed: what does not suffice for a picture is not spent.
    pub(super) fn clear(&mut self, used: f64, allowed: f64, demand: f64) {
        self.settling = false;
        let busy = used >= allowed * EXERCISED;
        self.good += if busy { 1.0 } else { UNUSED_WEIGHT };
        if let Some(probe) = &mut self.probe {
            // A bound that nobody leans on proves little by holding.
            probe.exercised |= used >= self.bitrate * EXERCISED;
            probe.left -= 1;
            if probe.left > 0 {
                return;
            }
            let exercised = probe.exercised;
            self.probe = None;
            self.held(exercised);
        }
        if self.bitrate >= demand {
            return;
        }
        let eager = (self.bitrate * EAGER_STEP).max(self.bitrate + LEAST_STEP);
        let (goal, left, patience) = match self.ceiling {
            None => (eager, EAGER_PROBE, self.patience),
            Some(ceiling) if eager < ceiling * 0.9 => (eager, EAGER_PROBE, LEAST_PATIENCE),
            Some(ceiling) => {
                // One probe right above the ceiling says more than several below it.
                let above = (self.bitrate * CAREFUL_STEP).max(ceiling * 1.02);
                (above.min(eager), CAREFUL_PROBE, self.patience)
            }
        };
        if self.good >= f64::from(patience) {
            self.good = 0.0;
            self.probe = Some(RateProbe {
                from: self.bitrate,
                left,
                exercised: false,
            });
            self.bitrate = goal.min(demand);
        }
    }

    /// A rise was not followed by trouble.
    fn held(&mut self, exercised: bool) {
        match self.ceiling {
            Some(ceiling) if self.bitrate < ceiling => {}
            Some(ceiling) if !exercised && self.bitrate < ceiling * FAR_PASSED => {}
            Some(ceiling) if self.bitrate < ceiling * PASSED => {
                self.patience = (self.patience / 2).max(LEAST_PATIENCE);
            }
            _ => {
                self.ceiling = None;
                self.patience = EAGER_PATIENCE;
            }
        }
    }

    /// Less is needed, for a reason that says nothing about the path.
    pub(super) fn shrink_to(&mut self, bitrate: f64) {
        self.bitrate = self.bitrate.min(bitrate.max(self.least));
    }
}
