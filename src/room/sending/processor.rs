//! When the processor cannot keep up, every picture gets smaller.
//!
//! Invariant: a step down takes [`TIRED_SAMPLES`] samples, a step up at least [`LEAST_PATIENCE`] without complaint, and
//! twice as many after each step up that failed.

use crate::room::quality::entry::LimitationReason;

/// So many samples with complaints in a row lead one step down.
const TIRED_SAMPLES: u32 = 2;
/// So many samples without complaint lead one step up at least.
const LEAST_PATIENCE: u32 = 15;
/// However often steps up failed, the patience never grows beyond so many samples.
const MOST_PATIENCE: u32 = 240;
/// A picture has at most so many lines at each step; the first is no bound.
const LINES: [u32; 5] = [u32::MAX, 720, 540, 360, 270];

/// How far pictures are held back for the processor's sake.
#[derive(Clone, Debug)]
pub(super) struct ProcessorLimit {
    /// The pictures are held back by this step of [`LINES`].
    step: usize,
    /// So many samples in a row had complaints.
    tired: u32,
    /// So many samples in a row had none.
    rested: u32,
    /// So many samples without complaint are waited for before the next step up.
    patience: u32,
    /// The last step was one up: a complaint now means that it failed.
    raised: bool,
}

impl Default for ProcessorLimit {
    fn default() -> Self {
        Self {
            step: 0,
            tired: 0,
            rested: 0,
            patience: LEAST_PATIENCE,
            raised: false,
        }
    }
}

impl ProcessorLimit {
    /// The most lines to send.
    pub(super) fn lines(&self) -> u32 {
        LINES[self.step]
    }

    /// Whether pictures are held back.
    pub(super) fn is_holding(&self) -> bool {
        self.step > 0
    }

    /// Takes the reasons of one sample from all connections; `lines` are captured.
    pub(super) fn observe(
        &mut self,
        mut reasons: impl Iterator<Item = LimitationReason>,
        lines: u32,
    ) {
        if !reasons.any(|reason| reason == LimitationReason::Cpu) {
            self.tired = 0;
            self.rested += 1;
            if self.step > 0 && self.rested >= self.patience {
                self.step -= 1;
                self.rested = 0;
                self.raised = true;
            }
            return;
        }
        self.rested = 0;
        self.tired += 1;
        if self.tired >= TIRED_SAMPLES {
            self.tired = 0;
            if std::mem::take(&mut self.raised) {
                self.patience = (self.patience * 2).min(MOST_PATIENCE);
            }
            // Steps that would change nothing for this camera are passed over.
            let lower = (self.step + 1..LINES.len()).find(|step| LINES[*step] < lines);
            self.step = lower.unwrap_or(LINES.len() - 1);
        }
    }
}
