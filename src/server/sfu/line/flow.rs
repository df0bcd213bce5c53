//! How much flows: the rate of the last half second.
//!
//! Invariant: adding and asking take the same time however much flows.

use super::micros::{Micros, SECOND};

/// The bytes of such a time are counted together, in µs.
const BUCKET: Micros = 50_000;

/// So many buckets are the window: half a second. A receiver that reads its packets 50 ms late changes that by a tenth.
const WINDOW: usize = 10;

/// A rate is known from so many buckets on.
const LEAST: usize = 4;

/// What is so many buckets older than the newest comes from a clock that was set back.
const SET_BACK: Micros = 200;

/// Measures what flows.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// The bytes of the buckets of the window before the newest, at their numbers modulo the length, and of the newest.
    buckets: [u64; WINDOW + 1],
    /// The number of the newest bucket; `None` before anything flowed.
    newest: Option<Micros>,
    /// The bytes of the buckets before the newest.
    sum: u64,
    /// So many of them have been seen since it began, or began anew.
    seen: usize,
}

impl Flow {
    /// Counts bytes at a time. What is older than the window counts as nothing.
    pub(super) fn add(&mut self, bytes: u32, at: Micros) {
        self.advance(at);
        let Some(newest) = self.newest else {
            return;
        };
        let number = at.div_euclid(BUCKET);
        let is_old = newest.saturating_sub(number) > WINDOW as Micros;
        if is_old {
            return;
        }
        if let Some(bucket) = self.buckets.get_mut(place(number)) {
            *bucket += u64::from(bytes);
        }
        if number < newest {
            self.sum += u64::from(bytes);
        }
    }

    /// Lets time pass up to a time; it does not go back.
    pub(super) fn advance(&mut self, at: Micros) {
        let number = at.div_euclid(BUCKET);
        let newest = *self.newest.get_or_insert(number);
        if newest.saturating_sub(number) > SET_BACK {
            *self = Self::default();
            self.newest = Some(number);
            return;
        }
        let steps = usize::try_from(number.saturating_sub(newest)).unwrap_or(0);
        for step in 1..=steps.min(WINDOW + 1) {
            // It cannot be out of range: it is at most `number`.
            let next = newest.saturating_add(step as Micros);
            self.sum += self.bytes(next - 1);
            self.sum -= self.bytes(next);
            if let Some(bucket) = self.buckets.get_mut(place(next)) {
                *bucket = 0;
            }
        }
        if steps > 0 {
            self.newest = Some(number);
            self.seen = match steps > WINDOW {
                true => 0,
                false => WINDOW.min(self.seen + steps),
            };
        }
    }

    /// The rate of the window, in bits/s; `None` before enough of it is over.
    pub(super) fn rate(&self) -> Option<f64> {
        let seconds = self.seen as f64 * BUCKET as f64 / SECOND;
        (self.seen >= LEAST).then(|| 8.0 * self.sum as f64 / seconds)
    }

    /// The bytes of the bucket at the place of this number.
    fn bytes(&self, number: Micros) -> u64 {
        self.buckets.get(place(number)).copied().unwrap_or(0)
    }
}

/// Where the bucket of a number is.
fn place(number: Micros) -> usize {
    usize::try_from(number.rem_euclid(WINDOW as Micros + 1)).unwrap_or(0)
}

#[cfg(test)]
#[path = "tests/flow.rs"]
mod tests;
