//! Chance by seed (SplitMix64): the same seed is the same story. And which seeds the simulations tell.

use std::ops::Range;

/// A stream of random numbers that a seed determines.
pub(crate) struct Random(u64);

impl Random {
    /// The stream of a seed; those of neighbouring seeds have nothing in common.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// The stream that begins at a state of the generator.
    pub(crate) fn at(state: u64) -> Self {
        Self(state)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` up to, not including, `to`.
    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from).max(1)
    }

    /// A number below `limit`, 0 when `limit` is 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.between(0, limit)
    }

    /// True in `percent` of all cases.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A number in `0.0..1.0`.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A factor around 1, at most `spread` away from it.
    pub(crate) fn around(&mut self, spread: f64) -> f64 {
        1.0 + (self.fraction() * 2.0 - 1.0) * spread
    }
}

/// The seeds of a simulation that usually has this many, from 0 on. With `VISAVIS_SEEDS=10` in the environment it is ten
/// times as many others, which follow the usual ones.
pub(crate) fn seeds(usual: u64) -> Range<u64> {
    match std::env::var("VISAVIS_SEEDS") {
        Ok(times) => usual..usual * (1 + times.parse::<u64>().unwrap()),
        Err(_) => 0..usual,
    }
}
