//! Who waits to be let into one room, so that the people in it are not overrun by newcomers.
//!
//! Pure: time is an argument. Invariant: in any span of time no more enter than the burst plus the rate times the span, in
//! the order in which they came; nobody waits longer than they can, and no more wait than [`Rate::waiting`].

use std::collections::VecDeque;

use crate::pace::TokenBucket;
use crate::server::clock::UnixMillis;
use crate::server::net::address_rates::Rate;

/// How fast a room fills. A browser meets 20 people a second without its page standing still. In the 10 s that somebody has
/// to join 200 enter: more could not be let in before their time is over.
pub(super) const JOINS: Rate = Rate {
    burst: 40,
    per_second: 20,
    waiting: 200,
};

/// What becomes of somebody who comes to the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// They enter at once.
    Enters,
    /// They enter later: they have to be put in with [`JoinQueue::wait`].
    Waits,
    /// They would wait for longer than they can, or too many wait already.
    TurnedAway,
}

/// The door of one room.
#[derive(Debug)]
pub(super) struct JoinQueue<T> {
    /// So many may wait.
    most: u32,
    /// Whoever enters takes one.
    tokens: TokenBucket,
    /// These wait, who came first at the front.
    waiting: VecDeque<T>,
}

impl<T> JoinQueue<T> {
    /// Begins with nobody.
    pub(super) fn new(rate: Rate, now: UnixMillis) -> Self {
        Self {
            most: rate.waiting,
            tokens: TokenBucket::full(rate.burst, f64::from(rate.per_second), now),
            waiting: VecDeque::new(),
        }
    }

    /// Decides about somebody who comes now and can wait until `latest`.
    pub(super) fn arrive(&mut self, latest: UnixMillis, now: UnixMillis) -> Arrival {
        if self.waiting.is_empty() && self.tokens.take(1, now) {
            return Arrival::Enters;
        }
        let before = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
        let turn = self.tokens.ready_at(before.saturating_add(1), now);
        if before < self.most && turn <= latest {
            Arrival::Waits
        } else {
            Arrival::TurnedAway
        }
    }

    /// Puts in somebody who waits.
    pub(super) fn wait(&mut self, somebody: T) {
        self.waiting.push_back(somebody);
    }

    /// Lets the next one in whose turn has come.
    pub(super) fn enter(&mut self, now: UnixMillis) -> Option<T> {
        if self.waiting.is_empty() || !self.tokens.take(1, now) {
            return None;
        }
        self.waiting.pop_front()
    }

    /// Says when the next one may enter; `None` when nobody waits.
    pub(super) fn next_turn(&self, now: UnixMillis) -> Option<UnixMillis> {
        (!self.waiting.is_empty()).then(|| self.tokens.ready_at(1, now))
    }

    /// Strikes out those who went away, so that the others move up.
    pub(super) fn strike_out(&mut self, is_gone: impl Fn(&T) -> bool) {
        self.waiting.retain(|somebody| !is_gone(somebody));
    }

    /// Says whether nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: Rate = Rate {
        burst: 3,
        per_second: 2,
        waiting: 4,
    };

    fn arrive(
        queue: &mut JoinQueue<u32>,
        who: u32,
        latest: UnixMillis,
        now: UnixMillis,
    ) -> Arrival {
        let arrival = queue.arrive(latest, now);
        if arrival == Arrival::Waits {
            queue.wait(who);
        }
        arrival
    }

    #[test]
    fn a_burst_enters_at_once_the_next_wait_and_the_rest_is_turned_away() {
        let mut queue = JoinQueue::new(RATE, 0);
        let arrivals: Vec<_> = (0..8)
            .map(|who| arrive(&mut queue, who, 60_000, 0))
            .collect();
        assert_eq!(arrivals[..3], [Arrival::Enters; 3]);
        assert_eq!(arrivals[3..7], [Arrival::Waits; 4]);
        assert_eq!(arrivals[7], Arrival::TurnedAway);
        for (who, turn) in (3..7).zip([500, 1_000, 1_500, 2_000]) {
            assert_eq!(queue.next_turn(turn - 500), Some(turn));
            assert_eq!(queue.enter(turn - 1), None);
            assert_eq!(queue.enter(turn), Some(who));
        }
        assert_eq!(queue.next_turn(2_000), None);
        assert_eq!(arrive(&mut queue, 8, 2_500, 2_500), Arrival::Enters);
    }

    #[test]
    fn who_could_not_wait_for_their_turn_is_turned_away_at_once() {
        let mut queue = JoinQueue::new(RATE, 0);
        for who in 0..4 {
            arrive(&mut queue, who, 60_000, 0);
        }
        assert_eq!(queue.arrive(999, 0), Arrival::TurnedAway);
        assert_eq!(queue.arrive(1_000, 0), Arrival::Waits);
    }

    #[test]
    fn those_behind_somebody_who_went_away_move_up() {
        let mut queue = JoinQueue::new(RATE, 0);
        for who in 0..7 {
            arrive(&mut queue, who, 60_000, 0);
        }
        assert_eq!(queue.arrive(60_000, 0), Arrival::TurnedAway);
        queue.strike_out(|who| *who < 6);
        assert_eq!(queue.arrive(60_000, 0), Arrival::Waits);
        assert_eq!(queue.enter(500), Some(6));
        assert!(queue.is_empty());
    }

    proptest! {
        /// Whoever comes when, goes away or stays: they enter in order, each in time, and never faster than the pace.
        #[test]
        fn everybody_enters_in_order_in_time_and_not_too_fast(steps in prop::collection::vec((0_u64..300, 0_u64..3_000, 0_u32..8), 1..300)) {
            let mut queue = JoinQueue::new(RATE, 0);
            let mut entered: Vec<(usize, UnixMillis)> = vec![];
            let mut latest_of = vec![];
            let mut now = 0;
            for (who, (gap, patience, whim)) in steps.into_iter().enumerate() {
                let until = now + gap;
                while let Some(turn) = queue.next_turn(now).filter(|turn| *turn <= until) {
                    now = now.max(turn);
                    entered.extend(queue.enter(now).map(|who| (who, now)));
                }
                now = until;
                latest_of.push(now + patience);
                match queue.arrive(now + patience, now) {
                    Arrival::Enters => entered.push((who, now)),
                    Arrival::Waits => queue.wait(who),
                    Arrival::TurnedAway => {}
                }
                prop_assert!(queue.waiting.len() <= 4);
                if whim == 0 {
                    queue.strike_out(|waiting| waiting % 2 == 0);
                }
            }
            prop_assert!(entered.is_sorted());
            for (first, (who, from)) in entered.iter().enumerate() {
                prop_assert!(*from <= latest_of[*who] + 1);
                for (count, (_, to)) in (1_u64..).zip(&entered[first..]) {
                    prop_assert!(count * 1_000 <= 3 * 1_000 + 2 * (to - from) + 4);
                }
            }
        }
    }
}
