//! The time and chance that the model is told of.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::room::messaging::chat::WallTime;
use crate::room::{Context, Moment};

/// Time since the device was started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    started: Instant,
}

impl Clock {
    /// The device starts now.
    pub(super) fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    /// It is this moment.
    pub(super) fn now(self) -> Moment {
        Moment(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// When a moment is; a millisecond late rather than early, so that it has come then.
    pub(super) fn at(self, moment: Moment) -> Instant {
        self.started + Duration::from_millis(moment.0.saturating_add(1))
    }

    /// What the model may know of the world.
    pub(super) fn context(self) -> Context {
        Context {
            now: self.now(),
            chance: chance(),
        }
    }
}

/// What the clock on the wall shows.
pub(super) fn wall_time() -> WallTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    WallTime(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// A random number in `0.0..1.0`, the same ones in every run of a test.
#[cfg(test)]
fn chance() -> f64 {
    use std::cell::RefCell;

    use crate::device::chance::Chance;

    thread_local!(static CHANCE: RefCell<Chance> = const { RefCell::new(Chance::new(0x9e37_79b9_7f4a_7c15)) });
    CHANCE.with_borrow_mut(Chance::fraction)
}

/// A random number in `0.0..1.0`; always the same on a system that has none to give.
#[cfg(not(test))]
fn chance() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        Err(_) => 0.5,
    }
}
