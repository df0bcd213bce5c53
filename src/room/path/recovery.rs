//! When a broken path is repaired, and how: an ICE restart first, another connection when that does not help.
//!
//! Responsible for the policy alone; negotiation carries it out. Invariant: while a path is broken there is always a next
//! attempt, and attempts never come faster than the table says.

use super::negotiation::terms::Tie;
use super::report::ConnectionState;
use crate::room::moment::Moment;

/// A disconnected path may come back by itself for this long, in ms.
const PATIENCE_MS: u64 = 2_000;

/// The second side waits this much longer, in ms, so that usually only one of them acts.
const SECOND_SIDE_MS: u64 = 3_000;

/// A path may take this long to be set up once both descriptions are there, in ms.
const SETUP_MS: u64 = 12_000;

/// An ICE restart may take this long before the next attempt, in ms.
const RESTART_MS: u64 = 4_000;

/// Relayed candidates alone may take this long, in ms.
const RELAYED_MS: u64 = 6_000;

/// A new connection may take this long before the next attempt, in ms.
const REBUILD_MS: u64 = 10_000;

/// Pause between attempts once the user was told that it failed, in ms.
const HOPELESS_PAUSE_MS: u64 = 30_000;

/// The user is told after this time, in ms.
const HOPELESS_MS: u64 = 30_000;

/// After another connection one of the two sides waits this much longer with the next attempt, in ms: longer than an offer
/// and its answer take.
const APART_MS: u64 = 1_500;

/// Which side acts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    /// This side acts first.
    First,
    /// The other side acts first.
    Second,
}

/// What to do about a broken path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// New ICE credentials are gathered.
    RestartIce,
    /// New ICE credentials are gathered, and relayed candidates alone are used.
    RestartRelayed,
    /// The connection is given up for another.
    Rebuild,
}

/// The state of repair of one path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recovery {
    /// The path is broken like this; `None` while it is sound.
    trouble: Option<Trouble>,
}

/// A path is broken, and attempts to repair it follow one another.
#[derive(Clone, Copy, Debug)]
struct Trouble {
    /// Trouble began then, or began anew: what takes too long from there on is called hopeless.
    since: Moment,
    /// The next attempt is due then.
    next: Moment,
    /// The next attempt is this.
    step: RecoveryStep,
}

/// Which attempt is the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RecoveryStep {
    /// ICE is restarted.
    FirstRestart,
    /// ICE is restarted again, and has twice as long.
    SecondRestart,
    /// ICE is restarted with relayed candidates alone.
    Relayed,
    /// The connection is given up for another; after that it all begins again.
    Rebuild,
}

impl RecoveryStep {
    /// What it does, how long it has for it in ms, and what comes after.
    fn take(self) -> (Remedy, u64, Self) {
        match self {
            Self::FirstRestart => (Remedy::RestartIce, RESTART_MS, Self::SecondRestart),
            Self::SecondRestart => (Remedy::RestartIce, 2 * RESTART_MS, Self::Relayed),
            Self::Relayed => (Remedy::RestartRelayed, RELAYED_MS, Self::Rebuild),
            Self::Rebuild => (Remedy::Rebuild, REBUILD_MS, Self::FirstRestart),
        }
    }
}

impl Recovery {
    /// Takes note of what the connection reports.
    pub(crate) fn observe(&mut self, state: ConnectionState, duty: Duty, now: Moment) {
        match state {
            ConnectionState::Connected => self.trouble = None,
            ConnectionState::Disconnected => self.begin(now, PATIENCE_MS + delay(duty)),
            ConnectionState::Failed => self.begin(now, delay(duty)),
            ConnectionState::New | ConnectionState::Connecting | ConnectionState::Closed => {}
        }
    }

    /// Nothing arrives any more, although the browser takes the connection for sound.
    pub(crate) fn fall_silent(&mut self, duty: Duty, now: Moment) {
        self.begin(now, delay(duty));
    }

    /// The user asks for another round of attempts: it begins with the most thorough one.
    pub(crate) fn try_again(&mut self, now: Moment) {
        self.trouble = Some(Trouble {
            since: now,
            next: now,
            step: RecoveryStep::Rebuild,
        });
    }

    /// Both descriptions are set: from now on the path has its time to come up.
    pub(crate) fn expect_connection(&mut self, duty: Duty, now: Moment) {
        if self.trouble.is_none() {
            self.begin(now, SETUP_MS + delay(duty));
        }
    }

    fn begin(&mut self, now: Moment, wait_ms: u64) {
        let next = now.plus(wait_ms);
        let trouble = self.trouble.get_or_insert(Trouble {
            since: now,
            next,
            step: RecoveryStep::FirstRestart,
        });
        trouble.next = trouble.next.min(next);
    }

    /// Something changed for the better (another network, the other side is back): the next attempt is soon.
    /// Whoever was told that it failed waits for the outcome anew.
    pub(crate) fn encourage(&mut self, duty: Duty, now: Moment) {
        let hopeless = self.is_hopeless(now);
        if let Some(trouble) = &mut self.trouble {
            trouble.next = trouble.next.min(now.plus(delay(duty)));
            trouble.step = RecoveryStep::FirstRestart;
            if hopeless {
                trouble.since = now;
            }
        }
    }

    /// When [`Self::due`] has a remedy; `None` while there is no trouble.
    pub(crate) fn next_attempt(&self) -> Option<Moment> {
        self.trouble.map(|trouble| trouble.next)
    }

    /// What is due now. Calling this counts as having done it.
    pub(crate) fn due(&mut self, duty: Duty, tie: Tie, now: Moment) -> Option<Remedy> {
        let hopeless = self.is_hopeless(now);
        let trouble = self
            .trouble
            .as_mut()
            .filter(|trouble| trouble.next <= now)?;
        let (remedy, pause, step) = trouble.step.take();
        trouble.step = step;
        let pause = if hopeless { HOPELESS_PAUSE_MS } else { pause };
        // Both sides may have the same duty, and begin anew at the same moment: each then takes the other's connection for
        // the one that counts, and so on with every attempt.
        let apart = match (remedy, tie) {
            (Remedy::Rebuild, Tie::Yields) => APART_MS,
            _ => 0,
        };
        trouble.next = now.plus(pause + delay(duty) + apart);
        Some(remedy)
    }

    /// When the user should be told that the path does not work; `None` while there is no trouble.
    pub(crate) fn hopeless_at(&self) -> Option<Moment> {
        self.trouble.map(|trouble| trouble.since.plus(HOPELESS_MS))
    }

    fn is_hopeless(&self, now: Moment) -> bool {
        self.hopeless_at().is_some_and(|due| due <= now)
    }
}

fn delay(duty: Duty) -> u64 {
    match duty {
        Duty::First => 0,
        Duty::Second => SECOND_SIDE_MS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remedies(recovery: &mut Recovery, duty: Duty, until_ms: u64) -> Vec<(u64, Remedy)> {
        (0..until_ms)
            .step_by(250)
            .filter_map(|ms| Some((ms, recovery.due(duty, Tie::Stays, Moment(ms))?)))
            .collect()
    }

    #[test]
    fn a_path_that_comes_back_by_itself_is_left_alone() {
        let mut recovery = Recovery::default();
        recovery.observe(ConnectionState::Disconnected, Duty::First, Moment(0));
        assert_eq!(remedies(&mut recovery, Duty::First, 2_000), []);
        recovery.observe(ConnectionState::Connected, Duty::First, Moment(1_900));
        assert_eq!(remedies(&mut recovery, Duty::First, 60_000), []);
    }

    #[test]
    fn restarts_come_first_then_the_relay_alone_then_another_connection() {
        let mut recovery = Recovery::default();
        recovery.observe(ConnectionState::Disconnected, Duty::First, Moment(0));
        assert_eq!(
            remedies(&mut recovery, Duty::First, 25_000),
            [
                (2_000, Remedy::RestartIce),
                (6_000, Remedy::RestartIce),
                (14_000, Remedy::RestartRelayed),
                (20_000, Remedy::Rebuild)
            ]
        );
    }

    #[test]
    fn two_sides_of_the_same_duty_do_not_begin_anew_at_the_same_moment_for_ever() {
        let attempts = |tie| {
            let mut recovery = Recovery::default();
            recovery.observe(ConnectionState::Failed, Duty::Second, Moment(0));
            (0..120_000_u64)
                .step_by(250)
                .filter(|ms| recovery.due(Duty::Second, tie, Moment(*ms)).is_some())
                .collect::<Vec<_>>()
        };
        let (stays, yields) = (attempts(Tie::Stays), attempts(Tie::Yields));
        let apart = stays.iter().zip(&yields).skip(4);
        assert!(apart.clone().count() > 1);
        for (one, other) in apart {
            assert_eq!(other - one, 1_500);
        }
    }

    #[test]
    fn a_failed_path_is_repaired_at_once_and_by_the_second_side_three_seconds_later() {
        for (duty, first) in [(Duty::First, 0), (Duty::Second, 3_000)] {
            let mut recovery = Recovery::default();
            recovery.observe(ConnectionState::Failed, duty, Moment(0));
            assert_eq!(
                remedies(&mut recovery, duty, 3_500),
                [(first, Remedy::RestartIce)]
            );
        }
    }

    #[test]
    fn who_tries_again_gets_another_connection_at_once_and_half_a_minute() {
        let mut recovery = Recovery::default();
        recovery.observe(ConnectionState::Failed, Duty::Second, Moment(0));
        recovery.try_again(Moment(100_000));
        let due = recovery.due(Duty::Second, Tie::Stays, Moment(100_000));
        assert_eq!(due, Some(Remedy::Rebuild));
        assert!(!recovery.is_hopeless(Moment(129_999)));
        assert!(recovery.is_hopeless(Moment(130_000)));
    }

    #[test]
    fn attempts_become_rare_but_never_end() {
        let mut recovery = Recovery::default();
        recovery.observe(ConnectionState::Failed, Duty::First, Moment(0));
        let all = remedies(&mut recovery, Duty::First, 600_000);
        assert!(recovery.is_hopeless(Moment(30_000)) && !recovery.is_hopeless(Moment(29_999)));
        assert!(all.windows(2).all(|pair| pair[1].0 - pair[0].0 <= 30_000));
        assert!(all.last().is_some_and(|(ms, _)| *ms > 560_000));
    }

    #[test]
    fn every_deadline_is_kept_and_nothing_is_due_between_two() {
        for (duty, begin, attempts) in [
            (
                Duty::First,
                ConnectionState::Disconnected,
                [2_000, 6_000, 14_000, 20_000, 30_000, 60_000],
            ),
            (
                Duty::Second,
                ConnectionState::Failed,
                [3_000, 10_000, 21_000, 30_000, 63_000, 96_000],
            ),
        ] {
            let mut recovery = Recovery::default();
            assert_eq!(
                (recovery.next_attempt(), recovery.hopeless_at()),
                (None, None)
            );
            recovery.observe(begin, duty, Moment(0));
            assert_eq!(recovery.hopeless_at(), Some(Moment(30_000)));
            for due in attempts {
                assert_eq!(recovery.next_attempt(), Some(Moment(due)), "{duty:?}");
                assert_eq!(recovery.due(duty, Tie::Stays, Moment(due - 1)), None);
                assert!(recovery.due(duty, Tie::Stays, Moment(due)).is_some());
            }
            recovery.observe(ConnectionState::Connected, duty, Moment(100_000));
            assert_eq!(
                (recovery.next_attempt(), recovery.hopeless_at()),
                (None, None)
            );
        }
    }

    #[test]
    fn another_network_brings_the_next_attempt_forward() {
        let mut recovery = Recovery::default();
        recovery.observe(ConnectionState::Failed, Duty::First, Moment(0));
        assert_eq!(
            remedies(&mut recovery, Duty::First, 1),
            [(0, Remedy::RestartIce)]
        );
        recovery.encourage(Duty::First, Moment(1_000));
        assert_eq!(
            recovery.due(Duty::First, Tie::Stays, Moment(1_000)),
            Some(Remedy::RestartIce)
        );
    }
}
