//! What a probe is decided by.
//!
//! Invariant: all rates are in bits/s and finite.

use super::micros::Micros;

/// No line is estimated at more, in bits/s.
pub(super) const CEILING: f64 = 200_000_000.0;

/// More than so many times of what could be used need not be known.
const ENOUGH: f64 = 1.25;

/// Where packets wait for longer, in ms, a probe would show little and make it worse.
const WAITING: f64 = 20.0;

/// What a probe is decided by.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// What the line is estimated to carry.
    pub(super) estimate: f64,
    /// What is needed for the next step.
    pub(super) minimum: f64,
    /// What could be used.
    pub(super) desired: f64,
    /// How long packets wait, in ms.
    pub(super) waiting: f64,
    /// Whether a queue is being emptied, or much was lost just now.
    pub(super) is_full: bool,
    /// From sending to feedback, in µs.
    pub(super) round_trip: Micros,
}

impl View {
    /// Whether something cannot be seen for want of room.
    pub(super) fn is_urgent(&self) -> bool {
        self.minimum > self.estimate
    }

    /// Whether there is room for all that could be used, if this is there, in bits/s.
    pub(super) fn is_enough(&self, rate: f64) -> bool {
        rate >= ENOUGH * self.desired
    }

    /// Whether it is no time for a probe.
    pub(super) fn is_blocked(&self) -> bool {
        self.is_full || self.waiting > WAITING
    }
}
