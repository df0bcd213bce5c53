//! How far a transfer is, how fast it goes and how long it will take.

use std::collections::VecDeque;

use crate::room::moment::Moment;

/// The rate is that of the last so many ms.
const WINDOW_MS: u64 = 4_000;

/// Samples are at least so many ms apart.
const SAMPLE_MS: u64 = 200;

/// The progress of one transfer.
#[derive(Clone, Debug)]
pub struct TransferProgress {
    /// The file has so many bytes.
    size: u64,
    /// So many bytes are safely written at the receiver, never more than `size`.
    done: u64,
    /// At these moments so many bytes were done, the oldest first: the rate is taken from the first of them on.
    samples: VecDeque<(Moment, u64)>,
}

impl TransferProgress {
    /// Nothing is done of `size` bytes.
    pub(crate) fn new(size: u64) -> Self {
        Self {
            size,
            done: 0,
            samples: VecDeque::new(),
        }
    }

    /// The transfer goes on, or begins, from `done` bytes: what was before says nothing about the rate now.
    pub(crate) fn restart(&mut self, done: u64, now: Moment) {
        self.done = done.min(self.size);
        self.samples.clear();
        self.samples.push_back((now, self.done));
    }

    /// `done` bytes are done now.
    pub(crate) fn advance(&mut self, done: u64, now: Moment) {
        self.done = done.min(self.size);
        let recent = self.samples.back();
        if recent.is_none_or(|(at, _)| now.since(*at) >= SAMPLE_MS) {
            self.samples.push_back((now, self.done));
        }
        while self.samples.len() > 2
            && self
                .samples
                .get(1)
                .is_some_and(|(at, _)| now.since(*at) >= WINDOW_MS)
        {
            self.samples.pop_front();
        }
    }

    /// What is safely written at the receiver, in bytes, as far as this side knows.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// Bytes per second over the last few seconds; `None` until that can be told.
    pub fn rate(&self, now: Moment) -> Option<f64> {
        let old = |(at, _): &&(Moment, u64)| now.since(*at) >= WINDOW_MS;
        let last_old = self.samples.iter().rev().find(old);
        let (since, before) = last_old.or_else(|| self.samples.front())?;
        let elapsed = now.since(*since);
        let moved = self.done.saturating_sub(*before);
        (elapsed >= SAMPLE_MS && (moved > 0 || elapsed >= WINDOW_MS))
            .then(|| moved as f64 * 1000.0 / elapsed as f64)
    }

    /// How long the rest will take at this rate, in ms; `None` when that cannot be told or nothing moves.
    pub fn time_left_ms(&self, now: Moment) -> Option<u64> {
        let rate = self.rate(now).filter(|rate| *rate >= 1.0)?;
        Some(((self.size - self.done) as f64 / rate * 1000.0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let mut progress = TransferProgress::new(10_000_000);
        progress.restart(0, Moment(0));
        assert_eq!(progress.rate(Moment(50)), None);
        for second in 1..=10 {
            progress.advance(second * 100_000, Moment(second * 1_000));
        }
        assert_eq!(
            progress.rate(Moment(10_000)).map(f64::round),
            Some(100_000.0)
        );
        for second in 11..=20 {
            progress.advance(1_000_000 + (second - 10) * 400_000, Moment(second * 1_000));
        }
        assert_eq!(
            progress.rate(Moment(20_000)).map(f64::round),
            Some(400_000.0)
        );
        assert_eq!(progress.time_left_ms(Moment(20_000)), Some(12_500));
    }

    #[test]
    fn a_stalled_transfer_has_no_time_left_and_a_resumed_one_a_fresh_rate() {
        let mut progress = TransferProgress::new(1_000);
        progress.restart(0, Moment(0));
        progress.advance(500, Moment(1_000));
        assert!(progress.rate(Moment(3_999)).unwrap() > 100.0);
        assert_eq!(progress.rate(Moment(5_000)), Some(0.0));
        assert_eq!(progress.time_left_ms(Moment(5_000)), None);
        progress.restart(500, Moment(100_000));
        assert_eq!(progress.rate(Moment(100_100)), None);
        assert_eq!(progress.time_left_ms(Moment(110_000)), None);
        progress.advance(750, Moment(101_000));
        assert_eq!(progress.time_left_ms(Moment(101_000)), Some(1_000));
    }
}
