//! Times in µs.
//!
//! Invariant: they are whole, so that none is lost in adding up.

/// A time in µs: since the line began, by our clock, or from any beginning, by the receiver's.
pub(super) type Micros = i64;

/// The µs of a second.
pub(super) const SECOND: f64 = 1_000_000.0;

/// A time in s.
pub(super) fn seconds(time: Micros) -> f64 {
    time as f64 / SECOND
}
