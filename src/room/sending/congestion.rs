//! Is the path to one person congested? Judged from loss, delay and what the browser itself grants.
//!
//! Invariant: trouble that sending less does not ease (a lossy radio link, a longer route) is taken for the nature of the
//! path after [`FRUITLESS_CUTS`] cuts, so that it never starves a picture it does not come from.

use std::collections::VecDeque;

use super::feedback::PeerFeedback;
use super::loss::Loss;
use crate::room::quality::entry::LimitationReason;

/// Congestion control of real-time media shrugs off this share of loss (RFC 8836 asks for tolerance of a few percent).
const USUAL_LOSS: f64 = 0.02;
/// A loss of this share is congestion, whatever cutting does: a picture would not survive it anyway.
const INTOLERABLE_LOSS: f64 = 0.4;
/// A loss this much above the tolerated share means congestion.
const CONGESTED_LOSS: f64 = 0.08;
/// A loss this much above the tolerated share forbids sending more.
const DOUBTFUL_LOSS: f64 = 0.03;
/// A delay this much above the path's own means a standing queue, in ms.
const CONGESTED_QUEUE_MS: f64 = 150.0;
/// A delay this much above the path's own forbids sending more, in ms.
const DOUBTFUL_QUEUE_MS: f64 = 60.0;
/// Below this share of what we allow, the browser's own congestion control is what limits.
const WITHHELD: f64 = 0.75;
/// Above this multiple of what we allow, the browser's own congestion control knows of no queue.
const GRANTED: f64 = 1.25;
/// Above this share of the browser's estimate, it is the estimate that bounds what is sent, not the picture.
const LEANING: f64 = 0.6;
/// Below this share of what it was a sample before, the estimate did not waver but fell.
const FALLEN: f64 = 0.85;
/// An estimate is believed after so many samples without growth.
const WITHHELD_SAMPLES: u32 = 3;
/// So many cuts without relief show that cutting does not help.
const FRUITLESS_CUTS: u32 = 3;
/// Trouble above this share of what it was before the cuts is not eased.
const UNRELIEVED: f64 = 0.7;
/// After so many samples with less trouble, but not eased, it never will be.
const UNRELIEVED_SAMPLES: u32 = 3;
/// The path's own delay is looked for in so many samples.
const DELAY_SAMPLES: usize = 30;

/// A sample says this about a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PathVerdict {
    /// More than fits is being sent; about `delivered` bits/s came through.
    Congested {
        /// So much came through, in bits/s.
        delivered: f64,
    },
    /// The browser's own congestion control already sends less than is allowed.
    Withheld {
        /// The browser sends at most this, in bits/s.
        available: f64,
    },
    /// What is sent now should be kept to.
    Doubtful,
    /// The browser's own estimate is short of what is allowed, but grows: there is nothing to do but wait.
    Growing,
    /// More may fit.
    Clear,
}

/// The memory of one path.
#[derive(Clone, Debug)]
pub(super) struct Congestion {
    /// The newest round-trip times, in ms, stand here: the shortest is the path's own.
    delays: VecDeque<f64>,
    /// This share of loss is the nature of the path, and no reason to send less.
    tolerated_loss: f64,
    /// The browser's estimate was this at the sample before, in bits/s.
    available_before: Option<f64>,
    /// So many samples in a row the browser held back although its estimate did not grow.
    withheld_for: u32,
    /// So many cuts were made without relief.
    cuts: u32,
    /// So many samples since the last cut were better, but not eased.
    unrelieved_for: u32,
    /// The loss and the queue, in ms, were this at the first of the cuts: relief is measured against it.
    at_first_cut: (Loss, f64),
}

impl Default for Congestion {
    fn default() -> Self {
        Self {
            delays: VecDeque::new(),
            tolerated_loss: USUAL_LOSS,
            available_before: None,
            withheld_for: 0,
            cuts: 0,
            unrelieved_for: 0,
            at_first_cut: (Loss::NONE, 0.0),
        }
    }
}

impl Congestion {
    /// Judges a sample taken while at most `allowed` bits/s were to be sent.
    pub(super) fn judge(&mut self, feedback: &PeerFeedback, allowed: f64) -> PathVerdict {
        let loss = feedback.loss.unwrap_or(Loss::NONE);
        self.tolerated_loss = self
            .tolerated_loss
            .min(loss.at_most() + USUAL_LOSS)
            .max(USUAL_LOSS);
        let queue = self.queue_ms(feedback, allowed);
        let sent = feedback.sent_bitrate.unwrap_or(allowed);
        let excess = loss.at_least() - self.tolerated_loss;
        let withheld = self.withheld(feedback, allowed);

        if excess > CONGESTED_LOSS || queue > CONGESTED_QUEUE_MS {
            if self.is_fruitless(loss, queue) {
                self.tolerate(loss.share);
                return PathVerdict::Doubtful;
            }
            return PathVerdict::Congested {
                delivered: sent * (1.0 - loss.share),
            };
        }
        self.look_for_relief(loss);
        let doubtful = excess > DOUBTFUL_LOSS || queue > DOUBTFUL_QUEUE_MS;
        match withheld {
            Some(PathVerdict::Growing) | None if doubtful => PathVerdict::Doubtful,
            Some(verdict) => verdict,
            None => PathVerdict::Clear,
        }
    }

    /// How much longer a round trip takes than the path's own delay, in ms. A busy processor answers late, too: a queue would
    /// show in the browser's estimate, which is made from when each packet arrived.
    fn queue_ms(&mut self, feedback: &PeerFeedback, allowed: f64) -> f64 {
        let Some(round_trip) = feedback.round_trip_ms else {
            return 0.0;
        };
        self.delays.push_back(round_trip);
        if self.delays.len() > DELAY_SAMPLES {
            self.delays.pop_front();
        }
        let own = self.delays.iter().copied().fold(round_trip, f64::min);
        let granted = feedback.available_bitrate.unwrap_or(0.0);
        if granted > allowed * GRANTED {
            return 0.0;
        }
        let queue = round_trip - own;
        // On a long path the same share of jitter is more milliseconds.
        if queue > own * 0.5 { queue } else { 0.0 }
    }

    fn is_fruitless(&mut self, loss: Loss, queue: f64) -> bool {
        if self.cuts == 0 {
            self.at_first_cut = (loss, queue);
        }
        self.cuts += 1;
        self.unrelieved_for = 0;
        let (loss_then, queue_then) = self.at_first_cut;
        self.cuts > FRUITLESS_CUTS
            && loss.share >= loss_then.share * UNRELIEVED
            && queue >= queue_then * UNRELIEVED
    }

    /// After a cut: did it help? Loss of one kind is now more, now less, and what is less by chance is no relief:
    /// the cut came after a sample in which it may have been more than usual.
    fn look_for_relief(&mut self, loss: Loss) {
        let (loss_then, _) = self.at_first_cut;
        if self.cuts == 0 || loss.at_most() <= loss_then.at_least() * UNRELIEVED {
            self.cuts = 0;
            self.unrelieved_for = 0;
            return;
        }
        self.unrelieved_for += 1;
        if self.unrelieved_for >= UNRELIEVED_SAMPLES {
            self.tolerate(loss_then.share);
        }
    }

    fn tolerate(&mut self, loss: f64) {
        self.tolerated_loss = self.tolerated_loss.max(loss.min(INTOLERABLE_LOSS));
        self.delays.clear();
        self.cuts = 0;
        self.unrelieved_for = 0;
    }

    /// Whether the browser sends less than we allow because it thinks that the path carries clearly less. While its
    /// estimate grows (the start of a call) that is only a reason to wait. An estimate that falls all at once tells of a
    /// queue even where it still suffices: when it does so for everyone, the queue is the uplink's.
    fn withheld(&mut self, feedback: &PeerFeedback, allowed: f64) -> Option<PathVerdict> {
        let before = std::mem::replace(&mut self.available_before, feedback.available_bitrate);
        let available = feedback.available_bitrate?;
        let before = before.unwrap_or(0.0);
        let fell = available < before * FALLEN;
        let leans_on_it = feedback
            .sent_bitrate
            .is_none_or(|sent| sent > available * LEANING);
        let by_network = feedback.limitation == LimitationReason::Bandwidth;
        if !by_network || !leans_on_it || available >= allowed * WITHHELD {
            self.withheld_for = 0;
            return fell.then_some(PathVerdict::Doubtful);
        }
        if available > before * 1.05 {
            self.withheld_for = 0;
            return Some(PathVerdict::Growing);
        }
        self.withheld_for += 1;
        if fell || self.withheld_for >= WITHHELD_SAMPLES {
            self.withheld_for = 0;
            return Some(PathVerdict::Withheld { available });
        }
        Some(PathVerdict::Doubtful)
    }
}

/// A verdict with the figures it was reached on, in bits/s.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    /// The sample says this.
    pub(super) verdict: PathVerdict,
    /// So much was sent.
    pub(super) used: f64,
    /// So much was to be sent at most.
    pub(super) allowed: f64,
}

impl Judged {
    /// Whether less must be sent.
    pub(super) fn is_congested(&self) -> bool {
        matches!(
            self.verdict,
            PathVerdict::Congested { .. } | PathVerdict::Withheld { .. }
        )
    }

    /// What is asked of the path, in bits/s: where the browser holds back, all that is allowed.
    pub(super) fn used(&self) -> f64 {
        match self.verdict {
            PathVerdict::Withheld { .. } => self.allowed,
            _ => self.used,
        }
    }

    /// What came through, in bits/s.
    pub(super) fn delivered(&self) -> f64 {
        match self.verdict {
            PathVerdict::Congested { delivered } => delivered,
            PathVerdict::Withheld { available } => available,
            PathVerdict::Doubtful | PathVerdict::Growing | PathVerdict::Clear => self.used,
        }
    }
}
