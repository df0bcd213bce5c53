//! The receiver's clock, of which feedback gives 24 bits (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1).
//!
//! Invariant: a reference is the one that is nearest to the reference before, so that it may wrap, and go back a little.

use super::micros::Micros;

/// A unit of the reference, in µs.
const UNIT: Micros = 64_000;

/// A tick of an arrival, in µs.
const TICK: Micros = 250;

/// References wrap after so many units.
const WRAP: Micros = 1 << 24;

/// No arrival is further from its reference, in ticks: five minutes.
const FARTHEST: i64 = 1_200_000;

/// Follows the references.
#[derive(Debug, Default)]
pub(super) struct ReceiverClock {
    /// The last reference, unwrapped, in units.
    last: Option<Micros>,
}

impl ReceiverClock {
    /// Unwraps the reference of a feedback (of which the lower 24 bits count); in µs, from any beginning.
    pub(super) fn unwrap(&mut self, reference: u32) -> Micros {
        let wrapped = Micros::from(reference) % WRAP;
        let last = self.last.unwrap_or(wrapped);
        let ahead = (wrapped - last).rem_euclid(WRAP);
        let step = match ahead >= WRAP / 2 {
            true => ahead - WRAP,
            false => ahead,
        };
        // Thousands of years of steps fit; a receiver that lies stays at the end of time.
        let limit = Micros::MAX / UNIT / 4;
        let unwrapped = last.saturating_add(step).clamp(-limit, limit);
        self.last = Some(unwrapped);
        unwrapped * UNIT
    }

    /// When a packet arrived, so many ticks after an unwrapped reference; in µs.
    pub(super) fn arrival(reference: Micros, ticks: i64) -> Micros {
        reference.saturating_add(ticks.clamp(-FARTHEST, FARTHEST) * TICK)
    }
}

#[cfg(test)]
#[path = "tests/receiver_clock.rs"]
mod tests;
