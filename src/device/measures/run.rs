//! One measurement, which everyone in it shares.
//!
//! Invariant: once it is over, nothing is added.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use super::tally::Tally;
use crate::device::media::synthetic::stamp::StampClock;

/// One measurement.
#[derive(Debug)]
pub(crate) struct Run {
    /// What is sent bears its times, and by them is known when it arrives.
    pub(crate) clock: StampClock,
    tally: Mutex<Tally>,
    is_over: AtomicBool,
}

impl Run {
    /// Begins one.
    pub(crate) fn new(clock: StampClock) -> Self {
        Self {
            clock,
            tally: Mutex::default(),
            is_over: AtomicBool::new(false),
        }
    }

    /// Whether it still goes on.
    pub(crate) fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }

    /// Ends it: what arrives from now on counts no more.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Adds to the sums. What was seen before the end may be added behind it.
    pub(crate) fn add(&self, add: impl FnOnce(&mut Tally)) {
        add(&mut self.tally.lock());
    }

    /// The sums so far.
    pub(crate) fn tally(&self) -> Tally {
        self.tally.lock().clone()
    }
}
