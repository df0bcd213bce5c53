//! Whether what somebody is expected to send comes.
//!
//! Invariant: whoever is expected to send nothing is not silent, and whoever is has [`BEGINNING`] to begin.

use std::time::{Duration, Instant};

/// Somebody from whom nothing came any more for so long, although something was expected, is silent.
const SILENCE: Duration = Duration::from_millis(800);

/// Who was not expected to send has so long to begin: a busy page takes its time, and meanwhile everybody has them by another way.
const BEGINNING: Duration = Duration::from_secs(3);

/// Watches over what one person sends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Liveness {
    /// Media last came then.
    came: Option<Instant>,
    /// Something has been expected since then, without a pause.
    expected_since: Option<Instant>,
}

impl Liveness {
    /// Notes that media came.
    pub(super) fn came(&mut self, now: Instant) {
        self.came = Some(now);
    }

    /// Notes whether any is expected.
    pub(super) fn expect(&mut self, is_expected: bool, now: Instant) {
        self.expected_since = is_expected.then(|| self.expected_since.unwrap_or(now));
    }

    /// Says whether what is expected does not come.
    pub(super) fn is_silent(&self, now: Instant) -> bool {
        self.expected_since.is_some_and(|since| {
            let began = self.came.filter(|came| *came > since);
            let due = match began {
                Some(came) => came + SILENCE,
                None => since + BEGINNING,
            };
            now >= due
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENTH: Duration = Duration::from_millis(100);

    #[test]
    fn who_stops_sending_is_silent_after_800_ms_until_they_send_again() {
        let now = Instant::now();
        let mut liveness = Liveness::default();
        liveness.expect(true, now);
        liveness.came(now + TENTH);
        assert!(!liveness.is_silent(now + 8 * TENTH));
        assert!(liveness.is_silent(now + 9 * TENTH));
        liveness.came(now + 20 * TENTH);
        assert!(!liveness.is_silent(now + 20 * TENTH));
    }

    #[test]
    fn who_is_expected_to_send_nothing_is_never_silent() {
        let now = Instant::now();
        let mut liveness = Liveness::default();
        assert!(!liveness.is_silent(now));
        liveness.expect(true, now);
        liveness.expect(false, now + TENTH);
        assert!(!liveness.is_silent(now + 100 * TENTH));
    }

    #[test]
    fn who_is_expected_to_send_again_has_time_to_begin() {
        let now = Instant::now();
        let mut liveness = Liveness::default();
        liveness.came(now);
        liveness.expect(true, now + 50 * TENTH);
        liveness.expect(true, now + 55 * TENTH);
        assert!(!liveness.is_silent(now + 79 * TENTH));
        assert!(liveness.is_silent(now + 80 * TENTH));
    }
}
