//! What a probe shows: how fast it was sent, and how fast it arrived.
//!
//! Invariant: what it shows is never more than what was sent, and nothing where too little arrived.

use super::history::Told;
use super::micros::{Micros, SECOND};
use super::probe::Probe;

/// So many arrivals are kept at most.
const MOST: usize = 512;

/// Of its packets, and bytes, so many must have arrived.
const ENOUGH: f64 = 0.8;

/// It was sent whole when so much of its bytes was.
const WHOLE: f64 = 0.9;

/// The least time, in µs, in which it must have been sent, and have arrived.
const LEAST_TIME: Micros = 1_000;

/// A part of it tells as much as the whole, if it took so long to arrive, in µs, …
const PART_TIME: Micros = 12_000;

/// … is so much of it, and what comes behind was held up by so many times the time in which it was sent.
const PART: f64 = 0.5;

/// See [`PART`].
const HELD_UP: Micros = 2;

/// What arrives faster than it was sent by more than this was held up as a whole, and shows nothing.
const FASTEST: f64 = 2.0;

/// What arrives within this time after the first packet, in µs, arrives with it, …
const CLUMP: Micros = 1_000;

/// … and if that is so much of the probe, the first was held up.
const CLUMPED: f64 = 0.2;

/// Packets of which so many follow each other in less than half of the time in which they were sent were read late, and together.
const DISTURBED: f64 = 0.25;

/// What arrives more slowly than so much of how it was sent filled the line, …
const FILLING: f64 = 0.9;

/// … and then so much of that is used.
const USED: f64 = 0.95;

/// A packet of the probe that arrived.
#[derive(Clone, Copy, Debug)]
struct Sample {
    /// When it was sent, by our clock.
    sent: Micros,
    /// When it arrived, by the receiver's clock.
    arrived: Micros,
    /// The bytes that arrived up to this one, including those of other packets that were sent between.
    bytes: u64,
}

/// What a probe shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Answer {
    /// The rate at which it was sent, in bits/s.
    pub(super) sent: f64,
    /// The rate at which it arrived, in bits/s.
    pub(super) arrived: f64,
    /// Whether hardly any of it was lost.
    pub(super) is_whole: bool,
}

impl Answer {
    /// Whether it filled the line: no more than arrived would have.
    pub(super) fn is_filling(self) -> bool {
        self.arrived < FILLING * self.sent
    }

    /// What the line carries at least, in bits/s.
    pub(super) fn shown(self) -> f64 {
        match self.is_filling() {
            true => USED * self.arrived,
            false => self.arrived.min(self.sent),
        }
    }
}

/// The probe that is under way.
#[derive(Debug)]
pub(super) struct ProbeAnswer {
    /// What was asked for.
    pub(super) probe: Probe,
    /// So many packets of it were sent, …
    packets: usize,
    /// … so many bytes, …
    bytes: u64,
    /// … from this number to that one, …
    numbers: Option<(u64, u64)>,
    /// … and in this time.
    times: (Micros, Micros),
    /// So many packets of it arrived.
    arrived: usize,
    /// The bytes that arrived since its first packet.
    arrived_bytes: u64,
    /// Feedback told of its last packet.
    is_told: bool,
    /// What arrived of it, in the order in which feedback told.
    samples: Vec<Sample>,
}

impl ProbeAnswer {
    /// Waits for the answer to a probe.
    pub(super) fn new(probe: Probe) -> Self {
        Self {
            probe,
            packets: 0,
            bytes: 0,
            numbers: None,
            times: (0, 0),
            arrived: 0,
            arrived_bytes: 0,
            is_told: false,
            samples: Vec::with_capacity(64),
        }
    }

    /// A packet of it was sent.
    pub(super) fn sent(&mut self, number: u64, bytes: u32, at: Micros) {
        let first = self.numbers.map_or(number, |(first, _)| first);
        self.times = (if self.packets == 0 { at } else { self.times.0 }, at);
        self.numbers = Some((first, number));
        self.packets += 1;
        self.bytes += u64::from(bytes);
        self.is_told = false;
    }

    /// Feedback told of a packet. `arrived` is when, by the receiver's clock, if it did.
    pub(super) fn heard(&mut self, told: Told, arrived: Option<Micros>) {
        let Some((first, last)) = self.numbers else {
            return;
        };
        if told.number < first {
            return;
        }
        self.is_told |= told.number >= last;
        let Some(arrived) = arrived.filter(|_| told.number <= last) else {
            return;
        };
        self.arrived_bytes += u64::from(told.bytes);
        if told.probe != Some(self.probe.id) {
            return;
        }
        self.arrived += 1;
        if self.samples.len() < MOST {
            self.samples.push(Sample {
                sent: told.sent,
                arrived,
                bytes: self.arrived_bytes,
            });
        }
    }

    /// Whether all of it was sent and heard of.
    pub(super) fn is_complete(&self) -> bool {
        let asked = self.probe.rate * self.probe.length.as_secs_f64() / 8.0;
        let is_sent = self.packets >= self.probe.packets && self.bytes as f64 >= WHOLE * asked;
        is_sent && self.is_told
    }

    /// Whether it was read so unevenly that it shows less than there is.
    pub(super) fn is_disturbed(&self) -> bool {
        let pairs = self.samples.iter().zip(self.samples.iter().skip(1));
        let is_late = |(one, other): &(&Sample, &Sample)| {
            let (sent, arrived) = (
                other.sent - one.sent,
                other.arrived.saturating_sub(one.arrived),
            );
            arrived.saturating_mul(2) < sent
        };
        let late = pairs.filter(is_late).count();
        late > 0 && late as f64 >= DISTURBED * (self.samples.len() - 1) as f64
    }

    /// What it shows. `base` is how long a packet takes that finds nothing before it, by two clocks, in µs.
    pub(super) fn answer(&self, base: Option<Micros>) -> Option<Answer> {
        let (first, last) = (self.samples.first()?, self.samples.last()?);
        let share = self.arrived as f64 / self.packets.max(1) as f64;
        let needed = ENOUGH * self.probe.packets as f64;
        let took = last.sent.saturating_sub(first.sent);
        if share < ENOUGH || (self.arrived as f64) < needed || took < LEAST_TIME {
            return None;
        }
        // Between two times are the bytes of all but the first packet, or all but the last: they are about as large.
        let sent = rate(last.bytes.saturating_sub(first.bytes), took);
        let began = self.began(*first, base);
        let whole = self.arrived_until(last, began);
        let part = self
            .punctual()
            .map_or(0.0, |it| self.arrived_until(it, began));
        let arrived = whole.max(part);
        (arrived > 0.0 && arrived <= FASTEST * sent).then_some(Answer {
            sent,
            arrived,
            is_whole: share > 0.97,
        })
    }

    /// The rate, in bits/s, at which what was sent up to this packet arrived, if that began then; 0 if it cannot be told.
    fn arrived_until(&self, last: &Sample, began: Micros) -> f64 {
        let first = self.samples.first().map_or(0, |first| first.bytes);
        match last.arrived.saturating_sub(began) {
            time if time >= LEAST_TIME => rate(last.bytes.saturating_sub(first), time),
            _ => 0.0,
        }
    }

    /// The last packet before those at its end that were read late, and together, if there are any.
    fn punctual(&self) -> Option<&Sample> {
        let (first, last) = (self.samples.first()?, self.samples.last()?);
        let pairs = self.samples.iter().zip(self.samples.iter().skip(1));
        let is_cut = |(one, other): &(&Sample, &Sample)| {
            let gap = |one: &Sample, other: &Sample| {
                let arrived = other.arrived.saturating_sub(one.arrived);
                (other.sent.saturating_sub(one.sent), arrived)
            };
            let (pause, rest, all) = (gap(one, other), gap(other, last), gap(first, last));
            let part = gap(first, one);
            let is_part = part.0 as f64 >= PART * all.0 as f64 && part.1 >= PART_TIME;
            is_part && pause.1 >= HELD_UP * pause.0 && rest.1.saturating_mul(2) <= rest.0
        };
        pairs.rev().find(is_cut).map(|(one, _)| one)
    }

    /// When it began to arrive: later than its first packet was read, if others were read together with it.
    fn began(&self, first: Sample, base: Option<Micros>) -> Micros {
        let is_with = |it: &&Sample| it.arrived.saturating_sub(first.arrived) < CLUMP;
        let clumped = self.samples.iter().take_while(is_with).count();
        let is_clumped = clumped > 1 && clumped as f64 >= CLUMPED * self.samples.len() as f64;
        match base {
            Some(base) if is_clumped => first.arrived.min(first.sent.saturating_add(base)),
            _ => first.arrived,
        }
    }
}

/// So many bytes in such a time, in bits/s.
fn rate(bytes: u64, time: Micros) -> f64 {
    8.0 * bytes as f64 * SECOND / time as f64
}

#[cfg(test)]
#[path = "tests/probe_answer.rs"]
mod tests;
