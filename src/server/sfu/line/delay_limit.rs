//! What a line carries as far as its queue tells: it grows while packets do not wait, and falls when they do
//! (draft-ietf-rmcat-gcc-02, section 5.5).
//!
//! Invariant: it falls only where packets wait, and never because little is sent; it grows no further than what flows can tell.

use super::micros::{Micros, seconds};
use super::trend::Usage;

/// Where packets wait for less, in ms, nothing is to be done.
const SHORT: f64 = 10.0;

/// A queue that long, in ms, is no busy machine's.
const LONG: f64 = 50.0;

/// While packets wait for so many ms it does not grow.
const HOLD: f64 = 30.0;

/// Of what arrived so much is left when a queue grows.
const FALL: f64 = 0.85;

/// Of what arrived while the line was full so much is used, where the queue may be a burst's.
const USED: f64 = 0.95;

/// And of the estimate at least so much at the first sign of a queue that is not long.
const FIRST_FALL: f64 = 0.75;

/// Of what arrived, before a standing queue made it fall, so much is left at least: a queue that stays is somebody else's.
const OTHERS: f64 = 0.5;

/// What sends so many times what arrives fills a queue by itself.
const TOO_MUCH: f64 = 1.1;

/// A long queue is to be gone within this time, in s.
const DRAINED: f64 = 1.0;

/// Until then, so much of what arrived flows at least.
const DRAINING: f64 = 0.4;

/// After this time a queue that is still there is not waited for, in µs.
const DRAINING_END: Micros = 2_000_000;

/// Between two falls, beyond the time of a round trip, in µs.
const PAUSE: Micros = 100_000;

/// A round trip is reckoned with up to this, in µs.
const LONGEST_PAUSE: Micros = 500_000;

/// The growth in a second, away from what is known to be carried.
const GROWTH: f64 = 1.08;

/// Near it, it is a packet in the time in which it would be noticed: so many bits, …
const PACKET: f64 = 9_600.0;

/// … and so many bits/s in a second at least.
const LEAST_GROWTH: f64 = 4_000.0;

/// It grows up to so many times what arrives, …
const KNOWN: f64 = 1.5;

/// … and so many bits/s.
const KNOWN_BESIDES: f64 = 10_000.0;

/// Beyond what a probe that filled the line has shown, it grows up to so many times what arrives.
const BEYOND: f64 = 1.1;

/// What is seen of a line when feedback came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    /// Whether the queue grows.
    pub(super) usage: Usage,
    /// How long packets wait, in ms.
    pub(super) waiting: f64,
    /// Whether they have waited for a while.
    pub(super) is_standing: bool,
    /// What is sent, in bits/s, if it is known.
    pub(super) sending: Option<f64>,
    /// What arrives, in bits/s, if it is known.
    pub(super) arriving: Option<f64>,
    /// What arrived while packets waited, in bits/s, if they do.
    pub(super) full: Option<f64>,
    /// From sending to feedback, in µs.
    pub(super) round_trip: Micros,
}

/// What the line was found to carry when it was full: a mean, and how much it differs (the latter as a variance over the mean).
#[derive(Clone, Copy, Debug)]
struct Capacity {
    /// In kbit/s.
    mean: f64,
    /// In kbit/s.
    variance: f64,
}

/// A queue that is being emptied.
#[derive(Clone, Copy, Debug)]
struct Draining {
    /// What may flow until it is gone, in bits/s.
    rate: f64,
    /// It is not waited for any longer then.
    until: Micros,
}

/// Follows the queue.
#[derive(Debug)]
pub(super) struct DelayLimit {
    /// What the line carries, in bits/s.
    rate: f64,
    /// When it was looked at last.
    last: Option<Micros>,
    /// When it fell last.
    fell: Option<Micros>,
    /// What it carried when it was full.
    capacity: Option<Capacity>,
    /// The queue that is being emptied.
    draining: Option<Draining>,
    /// What arrived when a queue was first found that is still there, in bits/s.
    arrived_first: Option<f64>,
    /// What a probe showed that filled the line, in bits/s.
    filled: Option<f64>,
}

impl DelayLimit {
    /// Begins with so many bits/s.
    pub(super) fn new(rate: f64) -> Self {
        Self {
            rate,
            last: None,
            fell: None,
            capacity: None,
            draining: None,
            arrived_first: None,
            filled: None,
        }
    }

    /// What may flow now, in bits/s.
    pub(super) fn rate(&self) -> f64 {
        self.draining
            .map_or(self.rate, |draining| draining.rate.min(self.rate))
    }

    /// What the line carries once its queue is gone, in bits/s.
    pub(super) fn lasting(&self) -> f64 {
        self.rate
    }

    /// Whether a queue is being emptied.
    pub(super) fn is_draining(&self) -> bool {
        self.draining.is_some()
    }

    /// Takes what is known otherwise, in bits/s.
    pub(super) fn set(&mut self, rate: f64) {
        if self.capacity.is_some_and(|it| rate > it.most()) {
            self.capacity = None;
        }
        self.rate = rate;
    }

    /// Takes what the last probe showed that filled the line, in bits/s; `None` if the last one did not.
    pub(super) fn fill(&mut self, filled: Option<f64>) {
        self.filled = filled;
    }

    /// Takes what is seen of the line.
    pub(super) fn look(&mut self, sight: Sight, now: Micros) {
        let since = self.last.map_or(0, |last| now.saturating_sub(last));
        self.last = Some(now);
        if sight.waiting < SHORT {
            self.arrived_first = None;
        }
        let is_over = |it: &Draining| sight.waiting < SHORT || now >= it.until;
        if self.draining.as_ref().is_some_and(is_over) {
            self.draining = None;
        }
        if let (Some(draining), Some(arriving)) =
            (&mut self.draining, sight.full.or(sight.arriving))
        {
            draining.rate = draining.rate.min(share(sight.waiting) * arriving);
        }
        // A queue that is not emptied although less is to flow: the line has become narrower meanwhile.
        if self.draining.is_some()
            && let (Some(full), Some(sending)) = (sight.full, sight.sending)
            && sending > full
        {
            self.rate = self.rate.min(USED * full);
        }
        let grows = sight.usage == Usage::Over && sight.waiting >= SHORT;
        let stands = sight.is_standing && self.draining.is_none() && !self.is_others(sight);
        if grows || stands {
            self.fall(sight, now);
        } else if sight.usage == Usage::Normal && sight.waiting < HOLD && self.draining.is_none() {
            self.grow(sight, seconds(since).min(1.0));
        }
    }

    /// Whether a queue that stands is there although much less arrives than when it was found, and no more is sent.
    fn is_others(&self, sight: Sight) -> bool {
        let flows = sight.sending.zip(sight.arriving);
        let is_ours = flows.is_some_and(|(sending, arriving)| sending > TOO_MUCH * arriving);
        let both = self.arrived_first.zip(sight.arriving);
        !is_ours && both.is_some_and(|(first, arriving)| arriving.min(self.rate) < OTHERS * first)
    }

    /// Lets less flow.
    fn fall(&mut self, sight: Sight, now: Micros) {
        let pause = sight.round_trip.clamp(PAUSE, LONGEST_PAUSE) + PAUSE;
        if self
            .fell
            .is_some_and(|fell| now < fell.saturating_add(pause))
        {
            return;
        }
        let arriving = sight.full.or(sight.arriving).unwrap_or(self.rate);
        let is_first = self.arrived_first.is_none();
        self.arrived_first = self.arrived_first.or(sight.full).or(sight.arriving);
        let mut to = FALL * arriving;
        if sight.waiting < LONG
            && !sight.is_standing
            && let Some(full) = sight.full
        {
            to = USED * full;
        }
        if is_first && sight.waiting < LONG {
            to = to.max(FIRST_FALL * self.rate);
        }
        self.fell = Some(now);
        self.rate = self.rate.min(to);
        let known = Capacity::after(self.capacity, arriving / 1_000.0);
        self.capacity = Some(known);
        if sight.waiting >= LONG {
            self.draining = Some(Draining {
                rate: share(sight.waiting) * arriving,
                until: now.saturating_add(DRAINING_END),
            });
        }
    }

    /// Lets more flow, after a time in s.
    fn grow(&mut self, sight: Sight, since: f64) {
        let Some(arriving) = sight.arriving else {
            return;
        };
        if self.capacity.is_some_and(|it| arriving > it.most()) {
            self.capacity = None;
        }
        let is_near = self.capacity.is_some_and(|it| self.rate > it.least());
        let grown = match is_near {
            true => {
                let noticed = seconds(sight.round_trip) + 0.1;
                self.rate + (PACKET / noticed).max(LEAST_GROWTH) * since
            }
            false => self.rate * GROWTH.powf(since),
        };
        let known = KNOWN * arriving + KNOWN_BESIDES;
        // What has been seen to be full is not wider because little is sent.
        let known = match self.filled {
            Some(filled) => known.min(filled.max(BEYOND * arriving)),
            None => known,
        };
        self.rate = grown.min(known.max(self.rate));
    }
}

/// The part of what arrived that may flow while packets wait for so many ms, so that they soon do not.
fn share(waiting: f64) -> f64 {
    (1.0 - waiting / 1_000.0 / DRAINED).clamp(DRAINING, FALL)
}

impl Capacity {
    /// After the line was full once more, at so many kbit/s.
    fn after(before: Option<Self>, arriving: f64) -> Self {
        let Some(before) = before else {
            return Self {
                mean: arriving,
                variance: 0.4,
            };
        };
        let mean = 0.95 * before.mean + 0.05 * arriving;
        let error = mean - arriving;
        let variance = 0.95 * before.variance + 0.05 * error * error / mean.max(1.0);
        Self {
            mean,
            variance: variance.clamp(0.4, 2.5),
        }
    }

    /// Three standard deviations, in kbit/s.
    fn spread(self) -> f64 {
        3.0 * (self.variance * self.mean.max(0.0)).sqrt()
    }

    /// What it carries at least, in bits/s.
    fn least(self) -> f64 {
        1_000.0 * (self.mean - self.spread())
    }

    /// What it carries at most, in bits/s.
    fn most(self) -> f64 {
        1_000.0 * (self.mean + self.spread())
    }
}

#[cfg(test)]
#[path = "tests/delay_limit.rs"]
mod tests;
