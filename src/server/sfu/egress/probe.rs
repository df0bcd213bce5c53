//! A probe of a line that is being sent: so many bytes in so much time, whatever there is to be sent.
//!
//! Invariant: it ends when its time is over and it has been sent, and at the latest after [`LONGEST`].

use std::time::{Duration, Instant};

use super::super::line::{Probe, ProbeId};

/// While a probe lasts, the next turn is so much later.
const TURN: Duration = Duration::from_millis(2);

/// A probe is over after this, whatever was sent of it.
const LONGEST: Duration = Duration::from_millis(250);

/// A probe under way.
#[derive(Debug)]
pub(super) struct RunningProbe {
    /// What is to be sent.
    probe: Probe,
    /// It began then.
    began: Instant,
    /// It was last looked at then.
    looked: Instant,
    /// So many bytes were sent.
    bytes: f64,
    /// So many packets were.
    packets: usize,
}

impl RunningProbe {
    /// Begins one.
    pub(super) fn new(probe: Probe, now: Instant) -> Self {
        Self {
            probe,
            began: now,
            looked: now,
            bytes: 0.0,
            packets: 0,
        }
    }

    /// Packets of it are known by this.
    pub(super) fn id(&self) -> ProbeId {
        self.probe.id
    }

    /// Says when it is to be looked at next.
    pub(super) fn due(&self) -> Instant {
        self.looked + TURN
    }

    /// Says whether another packet is to go out now.
    pub(super) fn is_short(&mut self, now: Instant) -> bool {
        self.looked = self.looked.max(now);
        let passed = now.saturating_duration_since(self.began) + TURN;
        self.bytes < self.probe.rate / 8.0 * passed.as_secs_f64() && !self.is_over(now)
    }

    /// Notes that a packet went out.
    pub(super) fn went(&mut self, bytes: usize) {
        self.bytes += f64::from(u32::try_from(bytes).unwrap_or(u32::MAX));
        self.packets += 1;
    }

    /// Says whether it is over.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.began);
        let whole = self.probe.rate / 8.0 * self.probe.length.as_secs_f64();
        let is_sent = self.bytes >= whole && self.packets >= self.probe.packets;
        (passed >= self.probe.length && is_sent) || passed >= LONGEST
    }
}
