//! What a line carries as far as its losses tell: much loss lets it fall, little lets it grow, and between them it stays
//! (draft-ietf-rmcat-gcc-02, section 6).
//!
//! Some lines lose packets however little is sent. So a fall is also a trial: where much less is sent and no less is lost, the line is
//! given back what it had, and that loss is tolerated from then on.
//!
//! Invariant: where less is lost than [`MUCH`] it never falls.

use super::micros::{Micros, seconds};

/// A share of lost packets above this lets it fall, …
const MUCH: f64 = 0.10;

/// … below this it grows, …
const LITTLE: f64 = 0.02;

/// … and below this too, if slowly, once it has not fallen for [`CALM`]: otherwise a line that always loses some would never recover.
const SOME: f64 = 0.05;

/// See [`SOME`]; in µs.
const CALM: Micros = 3_000_000;

/// The growth in a second where little is lost.
const GROWTH: f64 = 1.08;

/// The growth in a second where some is.
const SLOW_GROWTH: f64 = 1.03;

/// Losses are looked at when so many packets were reported, …
const PACKETS: u32 = 20;

/// … but not more often than this, in µs.
const INTERVAL: Micros = 300_000;

/// A fall takes this part of the share that was lost.
const SEVERITY: f64 = 0.5;

/// It falls from no more than so many times what is sent: above that there is nothing to lose.
const UNUSED: f64 = 1.5;

/// A trial ends when so much is left of what was sent.
const TRIED: f64 = 0.65;

/// Then so many further reports are looked at.
const LOOKED_AT: u32 = 6;

/// A loss that is still so many times what it was is not of our making.
const UNCHANGED: f64 = 0.5;

/// Up to so many times such a loss is tolerated, but no more than [`MOST_TOLERATED`].
const TOLERATED: f64 = 1.5;

/// More than this is never tolerated.
const MOST_TOLERATED: f64 = 0.3;

/// A loss below this part of what is tolerated ends that.
const GONE: f64 = 0.4;

/// A trial that took longer tells nothing, in µs.
const TRIAL_END: Micros = 30_000_000;

/// Of what is lost, the newest report counts with this weight.
const WEIGHT: f64 = 0.3;

/// What is lost of a stream of unknown length is known so exactly, as a share.
const DOUBT: f64 = 0.02;

/// It does not fall below so much of what arrives.
const LEAST: f64 = 0.7;

/// What follows from what was lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// It changes by this factor.
    Times(f64),
    /// The trial was in vain: it is this again, in bits/s.
    Back(f64),
}

/// What was sent when it began to fall, and what was lost.
#[derive(Clone, Copy, Debug)]
struct Trial {
    /// What might be sent, in bits/s.
    rate: f64,
    /// What was sent, in bits/s.
    sent: f64,
    /// As a share.
    lost: f64,
    /// When it began.
    began: Micros,
    /// The sum of what was lost since much less is sent, and the number of reports.
    after: (f64, u32),
}

/// Follows the losses.
#[derive(Debug, Default)]
pub(super) struct LossLimit {
    /// At most so much may be sent, in bits/s; `None` where losses have not told yet.
    most: Option<f64>,
    /// The packets that arrived and those that did not, since the losses were looked at last.
    counted: (u32, u32),
    /// When they were.
    last: Option<Micros>,
    /// When it fell last.
    fell: Option<Micros>,
    /// The share that is lost of late.
    lost: Option<f64>,
    /// This share is lost however little is sent.
    tolerated: f64,
    /// The trial that goes on.
    trial: Option<Trial>,
}

impl LossLimit {
    /// At most so much may be sent, in bits/s.
    pub(super) fn most(&self) -> Option<f64> {
        self.most
    }

    /// Takes note of a packet of which feedback told. What was missing and comes late is not lost.
    pub(super) fn count(&mut self, has_arrived: bool, was_missing: bool) {
        let (arrived, missing) = &mut self.counted;
        match has_arrived {
            true => *arrived = arrived.saturating_add(1),
            false => *missing = missing.saturating_add(1),
        }
        if was_missing {
            *missing = missing.saturating_sub(1);
        }
    }

    /// Counts anew.
    pub(super) fn begin_anew(&mut self) {
        self.counted = (0, 0);
    }

    /// Looks at the losses, if enough was counted. `rate` is what may be sent, `sending` what is and `arriving` what arrives; all in
    /// bits/s.
    pub(super) fn look(
        &mut self,
        rate: f64,
        sending: Option<f64>,
        arriving: Option<f64>,
        now: Micros,
    ) {
        let (arrived, missing) = self.counted;
        let packets = arrived.saturating_add(missing);
        let last = *self.last.get_or_insert(now);
        if packets < PACKETS || now.saturating_sub(last) < INTERVAL {
            return;
        }
        self.counted = (0, 0);
        let lost = f64::from(missing) / f64::from(packets);
        let doubt = (MUCH * (1.0 - MUCH) / f64::from(packets)).sqrt();
        let most = self.most.unwrap_or(f64::INFINITY);
        self.most = match self.judge(lost, doubt, rate, sending, now) {
            Verdict::Back(rate) => Some(rate),
            Verdict::Times(factor) if factor < 1.0 => {
                let from = sending.map_or(rate, |sending| rate.min(UNUSED * sending));
                let least = LEAST * arriving.unwrap_or(0.0);
                Some(most.min((factor * from).max(least)))
            }
            // What is not in the way any more is forgotten.
            Verdict::Times(factor) => Some(factor * most).filter(|most| *most < 1.5 * rate),
        };
    }

    /// Takes what a probe showed that hardly anything was lost of, in bits/s.
    pub(super) fn show(&mut self, rate: f64) {
        self.most = self.most.map(|most| most.max(rate));
    }

    /// What follows from a share that was lost, known up to a doubt. `rate` is what may be sent and `sending` what is, in bits/s.
    fn judge(
        &mut self,
        lost: f64,
        doubt: f64,
        rate: f64,
        sending: Option<f64>,
        now: Micros,
    ) -> Verdict {
        let sent = sending.unwrap_or(rate);
        let since = self.last.map_or(0, |last| now.saturating_sub(last));
        let since = seconds(since).min(2.0);
        self.last = Some(now);
        let before = self.lost.unwrap_or(lost);
        let smoothed = before + WEIGHT * (lost - before);
        self.lost = Some(smoothed);
        if smoothed < GONE * self.tolerated {
            self.tolerated = 0.0;
        }
        if let Some(trial) = &mut self.trial {
            let is_much_less = sent <= TRIED * trial.sent || trial.after.1 > 0;
            if is_much_less {
                trial.after = (trial.after.0 + lost, trial.after.1 + 1);
                if trial.after.1 < LOOKED_AT {
                    return Verdict::Times(1.0);
                }
                let (rate, before, after) = (trial.rate, trial.lost, trial.after);
                self.trial = None;
                let mean = after.0 / f64::from(after.1);
                if mean >= UNCHANGED * before {
                    self.tolerated = (TOLERATED * mean).min(MOST_TOLERATED);
                    return Verdict::Back(rate);
                }
            } else if smoothed < SOME || now.saturating_sub(trial.began) > TRIAL_END {
                self.trial = None;
            }
        }
        if lost > MUCH.max(self.tolerated) + doubt {
            self.fell = Some(now);
            self.trial.get_or_insert(Trial {
                rate,
                sent,
                lost: smoothed,
                began: now,
                after: (0.0, 0),
            });
            return Verdict::Times(1.0 - SEVERITY * lost);
        }
        let is_calm = self.fell.is_none_or(|fell| now.saturating_sub(fell) > CALM);
        let growth = match lost {
            _ if lost < LITTLE => GROWTH,
            _ if is_calm && lost < SOME.max(self.tolerated) => SLOW_GROWTH,
            _ => 1.0,
        };
        Verdict::Times(growth.powf(since))
    }

    /// What follows from the share that a receiver says was lost of a stream.
    pub(super) fn judge_report(
        &mut self,
        lost: f64,
        rate: f64,
        sending: Option<f64>,
        now: Micros,
    ) -> Verdict {
        self.judge(lost, DOUBT, rate, sending, now)
    }

    /// Whether it fell after that time.
    pub(super) fn fell_after(&self, time: Micros) -> bool {
        self.fell.is_some_and(|fell| fell > time)
    }
}

#[cfg(test)]
#[path = "tests/loss_limit.rs"]
mod tests;
