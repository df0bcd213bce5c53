//! Which resume tokens of one seat are worth something.
//!
//! Invariant: at most two tokens of this run are: the newest, and the one it replaced until the newest is known to
//! have arrived. Of tokens of earlier runs only one with a higher generation than any seen is.

use crate::server::secrets::resume_token::{Boot, Stamp};

/// The seat's tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rotation {
    /// The newest token is always taken.
    current: Stamp,
    /// The token before it is taken too, until the newest is known to have arrived.
    predecessor: Option<Stamp>,
    /// An earlier run's token of this generation, the highest that was presented, brought the seat back; `None` for a
    /// seat taken in this run.
    restored_from: Option<u32>,
}

/// Tokens of earlier runs are taken only for a while after the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EarlierRuns {
    /// The server has just started, and people of the run before come back.
    Accepted,
    /// Who has not come back by now does not.
    Refused,
}

/// What a token of the seat is worth to whoever only says that they hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// No newer one is known of.
    Newest,
    /// There is a newer one, which may never have arrived.
    Replaced,
    /// It is worth nothing.
    Worthless,
}

impl Rotation {
    /// Makes the tokens of a seat that is taken for the first time.
    pub(super) fn first(boot: Boot) -> Self {
        Self {
            current: Stamp {
                boot,
                generation: 1,
            },
            predecessor: None,
            restored_from: None,
        }
    }

    /// Makes the tokens of a seat that an earlier run gave away, taken back with `presented`.
    pub(super) fn restored(presented: Stamp, boot: Boot) -> Self {
        Self {
            current: Stamp {
                boot,
                generation: presented.generation.saturating_add(1),
            },
            predecessor: Some(presented),
            restored_from: Some(presented.generation),
        }
    }

    /// Gives the token to hand out.
    pub(super) fn current(&self) -> Stamp {
        self.current
    }

    /// Says whether the seat was first given away by an earlier run.
    pub(super) fn is_restored(&self) -> bool {
        self.restored_from.is_some()
    }

    /// Says what `presented` is worth, without taking it for the seat.
    pub(super) fn standing(&self, presented: Stamp, boot: Boot, earlier: EarlierRuns) -> Standing {
        if presented == self.current || self.is_newer(presented, boot, earlier) {
            Standing::Newest
        } else if Some(presented) == self.predecessor {
            Standing::Replaced
        } else {
            Standing::Worthless
        }
    }

    /// Says whether this is a token of an earlier run with a higher generation than any that was presented.
    fn is_newer(&self, presented: Stamp, boot: Boot, earlier: EarlierRuns) -> bool {
        earlier == EarlierRuns::Accepted
            && presented.boot != boot
            && self
                .restored_from
                .is_some_and(|seen| presented.generation > seen)
    }

    /// Takes `presented` for the seat and moves on to the next token; `false` when it is worth nothing.
    pub(super) fn present(&mut self, presented: Stamp, boot: Boot, earlier: EarlierRuns) -> bool {
        let known = presented == self.current || Some(presented) == self.predecessor;
        if !known {
            if !self.is_newer(presented, boot, earlier) {
                return false;
            }
            self.restored_from = Some(presented.generation);
        }
        let generation = self
            .current
            .generation
            .max(presented.generation)
            .saturating_add(1);
        self.current = Stamp { boot, generation };
        self.predecessor = Some(presented);
        true
    }

    /// Notes that the current token has arrived: the one before is worth nothing any more.
    pub(super) fn confirm(&mut self) {
        self.predecessor = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boot(number: u64) -> Boot {
        Boot::numbered(number)
    }

    fn stamp(run: u64, generation: u32) -> Stamp {
        Stamp {
            boot: boot(run),
            generation,
        }
    }

    fn present(rotation: &mut Rotation, presented: Stamp) -> bool {
        rotation.present(presented, boot(1), EarlierRuns::Accepted)
    }

    #[test]
    fn a_welcome_lost_on_the_way_costs_nothing() {
        let mut rotation = Rotation::first(boot(1));
        let first = rotation.current();
        assert!(present(&mut rotation, first));
        assert!(present(&mut rotation, first), "its successor never arrived");
    }

    #[test]
    fn a_token_dies_when_its_successor_has_arrived() {
        let mut rotation = Rotation::first(boot(1));
        let first = rotation.current();
        assert!(present(&mut rotation, first));
        rotation.confirm();
        assert!(!present(&mut rotation, first));
        let second = rotation.current();
        assert!(present(&mut rotation, second));
    }

    #[test]
    fn a_token_that_was_handed_out_twice_over_is_replaced_by_the_later_one() {
        let mut rotation = Rotation::first(boot(1));
        let first = rotation.current();
        present(&mut rotation, first);
        let lost = rotation.current();
        present(&mut rotation, first);
        assert!(!present(&mut rotation, lost));
    }

    #[test]
    fn after_a_restart_the_highest_generation_wins() {
        let mut rotation = Rotation::restored(stamp(7, 1), boot(1));
        let thief = rotation.current();
        assert!(present(&mut rotation, stamp(7, 3)));
        assert!(!present(&mut rotation, thief));
        assert!(!present(&mut rotation, stamp(7, 1)));
        assert!(!present(&mut rotation, stamp(7, 2)));
        let owner = rotation.current();
        assert_eq!(owner, stamp(1, 4));
        assert!(present(&mut rotation, owner));
    }

    #[test]
    fn the_token_of_an_earlier_run_works_twice_only_until_its_successor_has_arrived() {
        let mut rotation = Rotation::restored(stamp(7, 3), boot(1));
        assert!(present(&mut rotation, stamp(7, 3)));
        rotation.confirm();
        assert!(!present(&mut rotation, stamp(7, 3)));
    }

    #[test]
    fn later_on_tokens_of_earlier_runs_are_refused() {
        let mut rotation = Rotation::restored(stamp(7, 3), boot(1));
        rotation.confirm();
        assert!(!rotation.present(stamp(7, 4), boot(1), EarlierRuns::Refused));
        assert!(rotation.present(stamp(7, 4), boot(1), EarlierRuns::Accepted));
    }

    #[test]
    fn a_seat_of_this_run_takes_no_tokens_of_earlier_runs() {
        let mut rotation = Rotation::first(boot(1));
        assert!(!present(&mut rotation, stamp(7, 100)));
    }

    #[test]
    fn the_standing_of_a_token_is_known_without_taking_it() {
        let mut rotation = Rotation::restored(stamp(7, 3), boot(1));
        let standing = |rotation: &Rotation, presented, earlier| {
            let standing = rotation.standing(presented, boot(1), earlier);
            assert_eq!(rotation.standing(presented, boot(1), earlier), standing);
            standing
        };
        let accepted = EarlierRuns::Accepted;
        assert_eq!(standing(&rotation, stamp(1, 4), accepted), Standing::Newest);
        assert_eq!(
            standing(&rotation, stamp(7, 3), accepted),
            Standing::Replaced
        );
        assert_eq!(
            standing(&rotation, stamp(7, 2), accepted),
            Standing::Worthless
        );
        assert_eq!(standing(&rotation, stamp(7, 5), accepted), Standing::Newest);
        let refused = EarlierRuns::Refused;
        assert_eq!(
            standing(&rotation, stamp(7, 5), refused),
            Standing::Worthless
        );
        assert_eq!(standing(&rotation, stamp(1, 4), refused), Standing::Newest);
        rotation.confirm();
        assert_eq!(
            standing(&rotation, stamp(7, 3), accepted),
            Standing::Worthless
        );
    }

    proptest! {
        /// Whatever is presented in whatever order: generations only grow, and once the newest token has arrived
        /// every other one that was ever seen in this run is worth nothing.
        #[test]
        fn old_tokens_never_come_back(steps in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..60)) {
            let mut rotation = Rotation::first(boot(1));
            let mut seen = vec![rotation.current()];
            for (which, confirmed) in steps {
                let before = rotation.current();
                let presented = *which.get(&seen);
                if present(&mut rotation, presented) {
                    prop_assert!(rotation.current().generation > before.generation);
                    seen.push(rotation.current());
                }
                if confirmed {
                    rotation.confirm();
                    for old in seen.iter().filter(|old| **old != rotation.current()) {
                        prop_assert!(!present(&mut rotation.clone(), *old));
                    }
                }
            }
        }
    }
}
