//! When a line is probed: at the beginning, when more is needed, now and then while more could be used, and after a large fall.
//!
//! Invariant: one probe at a time, none where packets wait, and none faster than twice of what could be used.

use std::time::Duration;

use super::micros::Micros;
use super::probe::{Probe, ProbeId};
use super::probe_answer::{Answer, ProbeAnswer};
use super::view::{CEILING, View};

/// The first two probes are so many times the first estimate.
const FIRST: [f64; 2] = [3.0, 6.0];

/// Each further one is so many times what is known, …
const FURTHER: f64 = 2.0;

/// … but where there was more, or may be, up to so many times.
const FARTHEST: f64 = 4.0;

/// A probe is at most so many times of what could be used.
const USEFUL: f64 = 2.0;

/// A probe of less than so many times of what is known tells nothing.
const WORTHWHILE: f64 = 1.05;

/// A probe that shows so much of its own rate is followed by a faster one.
const NEAR: f64 = 0.7;

/// A probe that shows less than this part of what is known is not believed.
const DOUBTFUL: f64 = 0.75;

/// It is looked at again with so many times of what is known.
const GENTLE: f64 = 1.5;

/// A probe lasts so long. Shorter ones are over before they tell a line from a machine's hiccup.
const LENGTH: Duration = Duration::from_millis(20);

/// The second look at what seems narrow lasts so long.
const LONG_LENGTH: Duration = Duration::from_millis(50);

/// So often a probe is looked at again that was read unevenly: at the beginning, and later.
const LOOKS: (u32, u32) = (5, 2);

/// It has at least so many packets.
const PACKETS: usize = 6;

/// Probes are so far apart, in µs.
const INTERVAL: Micros = 5_000_000;

/// While something cannot be seen they are nearer: the first after this time in µs, each further one after twice the time.
const FIRST_INTERVAL: Micros = 400_000;

/// What was calm for this long begins anew with that, in µs.
const CALM: Micros = 2_000_000;

/// After a fall this time passes until the line is tried again, in µs.
const AFTER_A_FALL: Micros = 1_000_000;

/// A fall to less than this part is a large one.
const LARGE_FALL: f64 = 0.66;

/// After a large fall this part of what there was is tried.
const TRIED_AGAIN: f64 = 0.85;

/// What is no time for a probe is looked at again after this time, in µs.
const LATER: Micros = 100_000;

/// An answer is waited for this long, besides a round trip, in µs.
const PATIENCE: Micros = 500_000;

/// A probe that follows from an answer.
#[derive(Clone, Copy, Debug)]
struct Next {
    /// In bits/s.
    rate: f64,
    /// So many times it was looked at already, if it looks again at what was not believed.
    looks: u32,
}

/// The probes of one line.
#[derive(Debug)]
pub(super) struct Probing {
    /// The first estimate, in bits/s.
    first: f64,
    /// So many of [`FIRST`] have been sent.
    started: usize,
    /// The last identity that was given.
    id: ProbeId,
    /// The probe that is unanswered, when it was given, and the looks before it.
    open: Option<(ProbeAnswer, Micros, u32)>,
    /// What follows from the last answer.
    next: Option<Next>,
    /// What there was before a large fall, in bits/s.
    before_fall: Option<f64>,
    /// When it fell.
    fell: Option<Micros>,
    /// When the last series of probes ended, or what was needed changed.
    last: Micros,
    /// So many series were in vain since.
    in_vain: u32,
    /// The first series has not ended.
    is_first_series: bool,
    /// Whether something could not be seen when that was asked last.
    is_urgent: bool,
}

impl Probing {
    /// For a line with this first estimate in bits/s.
    pub(super) fn new(first: f64) -> Self {
        Self {
            first,
            started: 0,
            id: ProbeId::NONE,
            open: None,
            next: None,
            before_fall: None,
            fell: None,
            last: 0,
            in_vain: 0,
            is_first_series: true,
            is_urgent: false,
        }
    }

    /// The probe that is unanswered.
    pub(super) fn open(&mut self) -> Option<&mut ProbeAnswer> {
        self.open.as_mut().map(|(answer, ..)| answer)
    }

    /// The estimate fell, in bits/s.
    pub(super) fn fall(&mut self, from: f64, now: Micros) {
        // Falls that come shortly after each other are one.
        let is_new = self
            .fell
            .is_none_or(|fell| now.saturating_sub(fell) > INTERVAL);
        let before = self.before_fall.filter(|_| !is_new);
        self.fell = Some(now);
        self.before_fall = Some(before.map_or(from, |before| before.max(from)));
        self.next = None;
    }

    /// What is needed changed.
    pub(super) fn wish(&mut self, view: &View, now: Micros) {
        let is_urgent = view.is_urgent();
        // What has been calm for a while begins anew.
        if is_urgent && !self.is_urgent && now.saturating_sub(self.last) >= CALM {
            self.in_vain = 0;
        }
        self.is_urgent = is_urgent;
    }

    /// When the next probe is due, or the unanswered one is given up.
    pub(super) fn due(&self, view: &View, now: Micros) -> Option<Micros> {
        if let Some((_, given, _)) = &self.open {
            return Some(given.saturating_add(PATIENCE + view.round_trip));
        }
        self.rate(view)?;
        let calm = self
            .fell
            .map_or(0, |fell| fell.saturating_add(AFTER_A_FALL));
        let due = if self.next.is_some() || self.started < FIRST.len() {
            calm
        } else {
            calm.max(match self.is_large_fall(view) {
                true => 0,
                false => self.last.saturating_add(self.interval(view)),
            })
        };
        Some(if view.is_blocked() {
            due.max(now.saturating_add(LATER))
        } else {
            due
        })
    }

    /// Gives the probe that is due. The answer to the one before must have been taken.
    pub(super) fn give(&mut self, view: &View, now: Micros) -> Option<Probe> {
        if self.open.is_some() || self.due(view, now)? > now {
            return None;
        }
        let rate = self.rate(view)?;
        let looks = self.next.map_or(0, |next| next.looks);
        if self.next.take().is_none() && self.started >= FIRST.len() && self.is_large_fall(view) {
            self.before_fall = None;
        }
        if looks == 0 {
            self.started = FIRST.len().min(self.started + 1);
        }
        self.id = self.id.next();
        let probe = Probe {
            id: self.id,
            rate,
            length: if looks > 0 { LONG_LENGTH } else { LENGTH },
            packets: PACKETS,
        };
        self.open = Some((ProbeAnswer::new(probe), now, looks));
        Some(probe)
    }

    /// Whether the unanswered probe is to be judged now.
    pub(super) fn is_ripe(&self, view: &View, now: Micros) -> bool {
        match &self.open {
            Some((answer, ..)) if answer.is_complete() => true,
            Some(_) => self.due(view, now).is_some_and(|due| due <= now),
            None => false,
        }
    }

    /// Judges the unanswered probe; gives what it shows of the line.
    pub(super) fn judge(
        &mut self,
        view: &View,
        base: Option<Micros>,
        now: Micros,
    ) -> Option<Answer> {
        let (open, _, looks) = self.open.take()?;
        let asked = open.probe.rate;
        let answer = open.answer(base);
        self.last = now;
        let shown = answer.map_or(0.0, Answer::shown);
        let tried = answer.map_or(asked, |answer| answer.sent.min(asked));
        if shown > WORTHWHILE * view.estimate {
            self.in_vain = 0;
        }
        let is_near = shown >= NEAR * tried;
        let is_disturbed = !is_near && open.is_disturbed();
        let most = match self.is_first_series {
            true => LOOKS.0,
            false => LOOKS.1,
        };
        let is_doubtful = shown < DOUBTFUL * view.estimate;
        let is_looked_at_again = match is_disturbed {
            true => looks < most,
            false => looks == 0 && (is_doubtful || self.is_first_series),
        };
        let is_enough = view.is_enough(view.estimate.max(shown));
        self.next = if is_enough {
            None
        } else if is_near {
            let first = if self.started < FIRST.len() {
                FIRST[1] * self.first
            } else {
                0.0
            };
            let rate = (FURTHER * shown).max(first);
            Some(Next { rate, looks: 0 })
        } else if is_looked_at_again {
            // What seems narrow is not burdened as much once more.
            let rate = match (is_disturbed, is_doubtful) {
                (true, _) => asked,
                (false, true) => asked.min(GENTLE * view.estimate),
                (false, false) => asked.min(FURTHER * shown),
            };
            Some(Next {
                rate,
                looks: looks + 1,
            })
        } else {
            None
        };
        if self.next.is_none() {
            self.started = FIRST.len();
            self.is_first_series = false;
            self.in_vain = self.in_vain.saturating_add(1);
        }
        answer
    }

    /// The rate of the next probe, in bits/s, if there is anything to be found out.
    fn rate(&self, view: &View) -> Option<f64> {
        if view.is_enough(view.estimate) {
            return None;
        }
        let rate = match self.next {
            Some(next) => next.rate,
            None => match FIRST.get(self.started) {
                Some(times) => (times * self.first).min(FARTHEST * view.estimate),
                None if self.is_large_fall(view) => {
                    let before = TRIED_AGAIN * self.before_fall.unwrap_or(0.0);
                    before.clamp(view.estimate * FURTHER, view.estimate * FARTHEST)
                }
                None => (FURTHER * view.estimate).max(view.minimum.min(3.0 * view.estimate)),
            },
        };
        let rate = rate.min(USEFUL * view.desired).min(CEILING);
        (rate >= WORTHWHILE * view.estimate || self.next.is_some_and(|it| it.looks > 0))
            .then_some(rate)
    }

    /// Whether much less is estimated than before the last falls.
    fn is_large_fall(&self, view: &View) -> bool {
        self.before_fall
            .is_some_and(|before| view.estimate < LARGE_FALL * before)
    }

    /// The time between two series of probes, in µs.
    fn interval(&self, view: &View) -> Micros {
        match view.is_urgent() {
            true => INTERVAL.min(FIRST_INTERVAL << self.in_vain.saturating_sub(1).min(8)),
            false => INTERVAL,
        }
    }
}

#[cfg(test)]
#[path = "tests/probing.rs"]
mod tests;
