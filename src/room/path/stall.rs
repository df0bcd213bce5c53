//! Whether anything still arrives from a person who sends: trouble is noticed here, seconds before the browser speaks of it.
//!
//! Invariant: silence is counted only while something is expected, and a page that slept is not taken for a silent network.

use crate::room::moment::Moment;

/// Silence that lasts this long counts as trouble, in ms.
const SILENT_AFTER_MS: u64 = 900;

/// The time between two measurements counts for at most this, in ms: one that came late says little.
const LONGEST_STEP_MS: u64 = 600;

/// The other side sends something all the time, or it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// The other side sends all the time: silence is trouble.
    Something,
    /// The other side need not send anything: silence means nothing.
    Nothing,
}

/// A measurement tells this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hearing {
    /// It tells nothing new.
    Unclear,
    /// Something arrived; `after_silence` when that is the end of trouble.
    Heard {
        /// There was silence before.
        after_silence: bool,
    },
    /// Nothing arrived for one measurement: worth a question.
    Quiet,
    /// The silence has just become trouble.
    FellSilent,
}

/// What was measured on one path.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StallDetector {
    /// The last measurement was taken then, and counted this much.
    last: Option<(Moment, u64)>,
    /// Nothing has arrived for so many measured ms.
    silent_ms: u64,
}

impl StallDetector {
    /// Takes a measurement.
    pub(crate) fn measure(&mut self, received: u64, awaited: Awaited, now: Moment) -> Hearing {
        let before = self.last.replace((now, received));
        let Some((measured, count)) = before else {
            return Hearing::Unclear;
        };
        if received < count {
            return Hearing::Unclear;
        }
        if count != received {
            let after_silence = self.is_silent();
            self.silent_ms = 0;
            return Hearing::Heard { after_silence };
        }
        let was_silent = self.is_silent();
        if awaited == Awaited::Nothing && !was_silent {
            self.silent_ms = 0;
            return Hearing::Unclear;
        }
        self.silent_ms += now.since(measured).min(LONGEST_STEP_MS);
        match (was_silent, self.is_silent()) {
            (false, true) => Hearing::FellSilent,
            (false, false) => Hearing::Quiet,
            (true, _) => Hearing::Unclear,
        }
    }

    /// Whether nothing arrives although it should.
    pub(crate) fn is_silent(&self) -> bool {
        self.silent_ms >= SILENT_AFTER_MS
    }

    /// Whether the last measurement found nothing where something was expected: perhaps trouble, perhaps a hiccup.
    pub(crate) fn is_quiet(&self) -> bool {
        self.silent_ms > 0
    }

    /// Starts anew, for another connection.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_noticed_within_one_and_a_half_seconds() {
        for offset in [1, 250, 499] {
            let mut arrivals = StallDetector::default();
            arrivals.measure(1, Awaited::Something, Moment(0));
            arrivals.measure(2, Awaited::Something, Moment(500));
            // The last packet came `offset` ms after the measurement before.
            let first_quiet = 1_000;
            arrivals.measure(3, Awaited::Something, Moment(first_quiet));
            assert!(!arrivals.is_quiet());
            assert_eq!(
                arrivals.measure(3, Awaited::Something, Moment(1_500)),
                Hearing::Quiet
            );
            assert!(arrivals.is_quiet(), "known before it is trouble");
            assert_eq!(
                arrivals.measure(3, Awaited::Something, Moment(2_000)),
                Hearing::FellSilent
            );
            assert!(2_000 - (500 + offset) < 1_500);
        }
    }

    #[test]
    fn whoever_sends_nothing_is_not_missed() {
        let mut arrivals = StallDetector::default();
        for step in 0..20 {
            assert_eq!(
                arrivals.measure(7, Awaited::Nothing, Moment(step * 500)),
                Hearing::Unclear
            );
        }
        assert!(!arrivals.is_silent());
    }

    #[test]
    fn a_page_that_slept_does_not_take_its_sleep_for_silence() {
        let mut arrivals = StallDetector::default();
        arrivals.measure(7, Awaited::Something, Moment(0));
        assert_eq!(
            arrivals.measure(7, Awaited::Something, Moment(60_000)),
            Hearing::Quiet
        );
        let heard = arrivals.measure(8, Awaited::Something, Moment(60_500));
        assert_eq!(
            heard,
            Hearing::Heard {
                after_silence: false
            }
        );
    }

    #[test]
    fn a_count_that_begins_anew_is_no_sound() {
        let mut arrivals = StallDetector::default();
        for step in 0..4 {
            arrivals.measure(7, Awaited::Something, Moment(step * 500));
        }
        assert_eq!(
            arrivals.measure(3, Awaited::Something, Moment(2_000)),
            Hearing::Unclear
        );
        assert!(arrivals.is_silent());
        let heard = arrivals.measure(4, Awaited::Something, Moment(2_500));
        assert_eq!(
            heard,
            Hearing::Heard {
                after_silence: true
            }
        );
    }

    #[test]
    fn the_end_of_silence_is_told_once() {
        let mut arrivals = StallDetector::default();
        for step in 0..4 {
            arrivals.measure(7, Awaited::Something, Moment(step * 500));
        }
        assert!(arrivals.is_silent());
        let told: Vec<_> = (8..10)
            .map(|count| arrivals.measure(count, Awaited::Something, Moment(count * 500)))
            .collect();
        let heard = |after_silence| Hearing::Heard { after_silence };
        assert_eq!(told, [heard(true), heard(false)]);
    }
}
