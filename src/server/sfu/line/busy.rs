//! How much arrives while packets wait: then the line is full, and what arrives is what it carries.
//!
//! What is sent comes in bursts, a keyframe's above all. A mean over a time in which there was nothing to be carried tells how much was
//! sent, not how much the line carries. Invariant: it is told only of a queue that has been there without a break, and of at most the
//! last [`WINDOW`]; at most [`MOST`] groups are kept.

use std::collections::VecDeque;

use super::groups::Group;
use super::micros::{Micros, SECOND};

/// What waited for less, in ms, may have found no queue.
const WAITED: f64 = 5.0;

/// The queue of a shorter time tells little, in µs: a receiver that reads 50 ms late would change that by half.
const LEAST: Micros = 100_000;

/// What is older counts no more, in µs.
const WINDOW: Micros = 500_000;

/// So many groups are kept: more do not arrive within [`WINDOW`].
const MOST: usize = 128;

/// Measures what arrives while packets wait.
#[derive(Debug, Default)]
pub(super) struct Busy {
    /// When groups arrived that found a queue, by the receiver's clock, and their bytes.
    groups: VecDeque<(Micros, u64)>,
}

impl Busy {
    /// Takes a group, and for how long its fastest packet waited, in ms.
    pub(super) fn add(&mut self, group: Group, waited: f64) {
        if waited < WAITED {
            self.groups.clear();
            return;
        }
        self.groups.push_back((group.arrived, group.bytes));
        let is_old = |it: &(Micros, u64)| group.arrived.saturating_sub(it.0) > WINDOW;
        while self.groups.len() > MOST || self.groups.front().is_some_and(is_old) {
            self.groups.pop_front();
        }
    }

    /// The rate, in bits/s; `None` where packets do not wait, or have not for long enough.
    pub(super) fn rate(&self) -> Option<f64> {
        let (first, last) = (self.groups.front()?, self.groups.back()?);
        let took = last.0.saturating_sub(first.0);
        // Between two times are the bytes of all but the first.
        let bytes: u64 = self.groups.iter().skip(1).map(|it| it.1).sum();
        (took >= LEAST).then(|| 8.0 * bytes as f64 * SECOND / took as f64)
    }
}

#[cfg(test)]
#[path = "tests/busy.rs"]
mod tests;
