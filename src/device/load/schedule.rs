//! When who joins, and when who leaves and comes again.

use std::time::Duration;

use super::plan::{Pattern, Plan};

/// Somebody leaves and comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turnover {
    /// So long after the beginning.
    pub(crate) at: Duration,
    /// The one in this seat.
    pub(crate) seat: u32,
}

impl Plan {
    /// The one in this seat joins so long after the beginning.
    pub(crate) fn joins_at(&self, seat: u32) -> Duration {
        Duration::from_secs_f64(f64::from(seat) / self.rate)
    }

    /// Everything is over so long after the beginning.
    pub(crate) fn ends_at(&self) -> Duration {
        self.joins_at(self.seats() - 1) + self.duration
    }

    /// The so-manyth turnover, counted from 0: whoever is there longest. `None` where nobody leaves, and behind the end.
    /// In a webinar whoever sends stays.
    pub(crate) fn turnover(&self, number: u32) -> Option<Turnover> {
        let first = match self.pattern {
            Pattern::Webinar => self.rooms,
            Pattern::Meeting | Pattern::Audio => 0,
        };
        let candidates = self.seats().saturating_sub(first);
        if self.churn <= 0.0 || candidates == 0 {
            return None;
        }
        let after = (f64::from(number) + 1.0) * 60.0 / self.churn;
        // What comes in more years than there are comes behind the end.
        let after = Duration::try_from_secs_f64(after).ok()?;
        let at = self.joins_at(self.seats() - 1).checked_add(after)?;
        let seat = first + number % candidates;
        (at < self.ends_at()).then_some(Turnover { at, seat })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::load::plan::plan;

    #[test]
    fn people_join_at_the_rate_and_stay_for_the_duration() {
        let plan = plan(2, 3, Pattern::Meeting);
        let joins: Vec<u128> = (0..6).map(|seat| plan.joins_at(seat).as_millis()).collect();
        assert_eq!(joins, [0, 100, 200, 300, 400, 500]);
        assert_eq!(plan.ends_at(), Duration::from_millis(10_500));
    }

    #[test]
    fn whoever_is_there_longest_leaves_next() {
        let mut plan = plan(2, 2, Pattern::Meeting);
        assert_eq!(plan.turnover(0), None, "nobody is to leave");
        plan.churn = 30.0;
        let turnovers: Vec<Turnover> = (0..).map_while(|number| plan.turnover(number)).collect();
        let seats: Vec<u32> = turnovers.iter().map(|turnover| turnover.seat).collect();
        assert_eq!(seats, [0, 1, 2, 3]);
        let times: Vec<u128> = turnovers.iter().map(|it| it.at.as_millis()).collect();
        assert_eq!(times, [2_300, 4_300, 6_300, 8_300]);
        plan.churn = 60.0;
        assert_eq!(plan.turnover(5).map(|turnover| turnover.seat), Some(1));
        for churn in [1e-17, 3.3e-18, 1e-300, f64::MIN_POSITIVE] {
            plan.churn = churn;
            assert_eq!(plan.turnover(0), None, "{churn} a minute");
        }
    }

    #[test]
    fn in_a_webinar_whoever_sends_stays() {
        let mut webinar = plan(2, 2, Pattern::Webinar);
        webinar.churn = 60.0;
        let turnovers = (0..).map_while(|number| webinar.turnover(number));
        assert!(
            turnovers
                .into_iter()
                .all(|turnover| !webinar.is_sender(turnover.seat))
        );
        let mut alone = plan(2, 1, Pattern::Webinar);
        alone.churn = 60.0;
        assert_eq!(alone.turnover(0), None);
    }
}
