//! The one clock of the server: Unix time that never runs backwards.

use std::time::SystemTime;

use tokio::time::Instant;

/// Milliseconds since the Unix epoch.
pub(super) type UnixMillis = u64;

/// Tells the time; steps of the system's clock after the start do not show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// The time that passed is counted from this instant, which no step of the system's clock moves.
    started: Instant,
    /// The system's clock showed this when the server started.
    started_at: UnixMillis,
}

impl Clock {
    /// Starts a clock at the system's time.
    pub(crate) fn start() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let started_at = u64::try_from(since_epoch.as_millis()).unwrap_or(0);
        Self {
            started: Instant::now(),
            started_at,
        }
    }

    /// Says when the server started.
    pub(super) fn started_at(&self) -> UnixMillis {
        self.started_at
    }

    /// Tells the time.
    pub(super) fn now(&self) -> UnixMillis {
        self.at(Instant::now())
    }

    /// Converts an instant to a time; an instant before the start is the start.
    pub(super) fn at(&self, instant: Instant) -> UnixMillis {
        let elapsed = instant.duration_since(self.started).as_millis();
        self.started_at
            .saturating_add(u64::try_from(elapsed).unwrap_or(u64::MAX))
    }

    /// Converts a time to an instant, for timers; a time before the start is the start.
    pub(super) fn instant(&self, time: UnixMillis) -> Instant {
        self.started + std::time::Duration::from_millis(time.saturating_sub(self.started_at))
    }
}
