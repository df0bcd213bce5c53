//! How long things took, of so many of them that they cannot all be kept.
//!
//! Invariant: a quantile is told no shorter than it was, and by no more than a thirty-second of itself longer.

/// Durations below this, in microseconds, have a place each.
const EXACT: u64 = 64;

/// Between a power of two and the next there are so many places.
const STEPS: u64 = 32;

/// There are places for up to an hour.
const PLACES: usize = 896;

/// Durations by how often they occurred.
#[derive(Debug)]
pub(crate) struct Histogram {
    places: Vec<u64>,
    count: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            places: vec![0; PLACES],
            count: 0,
        }
    }
}

impl Histogram {
    /// Adds one of so many nanoseconds.
    pub(crate) fn add(&mut self, nanoseconds: u64) {
        let place = place(nanoseconds / 1_000).min(PLACES - 1);
        self.places[place] += 1;
        self.count += 1;
    }

    /// The duration in ms that `share` (0–1) of all do not exceed; not a number when there are none.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let rank = (share * self.count as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        for (place, count) in self.places.iter().enumerate() {
            below += count;
            if below >= rank {
                return end(place as u64) as f64 / 1e3;
            }
        }
        f64::NAN
    }
}

fn place(microseconds: u64) -> usize {
    if microseconds < EXACT {
        return microseconds as usize;
    }
    let power = u64::from(microseconds.ilog2());
    let step = (microseconds >> (power - 5)) & (STEPS - 1);
    (EXACT + (power - 6) * STEPS + step) as usize
}

/// The end of what has this place, in microseconds.
fn end(place: u64) -> u64 {
    if place < EXACT {
        return place + 1;
    }
    let (power, step) = ((place - EXACT) / STEPS + 6, (place - EXACT) % STEPS);
    (STEPS + step + 1) << (power - 5)
}
