//! The time of the world, as receivers are told it (RFC 3550 §4).
//!
//! Invariant: it goes on as the machine's steady clock does, whatever is done to the other one.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The time of the world, as receivers are told it.
#[derive(Clone, Copy, Debug)]
pub(in crate::server::sfu) struct NtpClock {
    /// At this time of ours
    pub(in crate::server::sfu) at: Instant,
    /// it was that (RFC 3550 §4): seconds since 1900 in the upper half.
    pub(in crate::server::sfu) ntp: u64,
}

/// The seconds between 1900 and 1970.
const TO_1900: u64 = 2_208_988_800;

impl NtpClock {
    /// Takes the time of the world from the machine's clock. What it does later does not matter.
    pub(in crate::server::sfu) fn begin(now: Instant) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = since.map_or(0, |it| it.as_secs());
        Self {
            at: now,
            ntp: (seconds + TO_1900) << 32,
        }
    }

    /// Gives the time: seconds since 1900 in the upper half.
    pub(super) fn ntp(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.at);
        let fraction = (u64::from(passed.subsec_nanos()) << 32) / 1_000_000_000;
        let passed = (passed.as_secs() << 32).wrapping_add(fraction);
        self.ntp.wrapping_add(passed)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_counts_seconds_above_and_parts_of_them_below() {
        let clock = NtpClock {
            at: Instant::now(),
            ntp: 7 << 32,
        };
        let at = |ms| clock.ntp(clock.at + Duration::from_millis(ms));
        assert_eq!(at(0), 7 << 32);
        assert_eq!(at(2_500), (9 << 32) + (1 << 31));
    }
}
