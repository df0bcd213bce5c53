//! When a room goes through the SFU, and when its people reach each other directly.
//!
//! Pure: facts and the time are arguments. Invariant: of two decisions the later one has the higher number, and the room stays as
//! it is for [`SETTLED`] after each, unless the operator wants it otherwise, the server stops, or the room has grown beyond what
//! direct connections carry. Beyond that it never leaves the SFU.

use crate::protocol::sfu::{SfuReason, SfuUse};
use crate::server::clock::UnixMillis;

/// So many have to be able to use the SFU for a room to go through it.
const USERS: usize = 2;

/// With so many people direct connections are too many, whatever is sent.
const MANY: usize = 9;

/// With so many people they are too many when anybody sends a picture.
const MANY_WITH_PICTURES: usize = 5;

/// With so many people they are too many when they are too much for anybody. Two stay direct.
const MANY_UNDER_STRAIN: usize = 3;

/// They are too much for somebody who says so for this long, in ms.
const STRAINED: u64 = 8_000;

/// So few people reach each other directly again.
const FEW: usize = 3;

/// So few do where nobody sends a picture.
const FEW_WITHOUT_PICTURES: usize = 6;

/// They do when they have been so few for this long, in ms; each return to the SFU within [`RETURN`] doubles it.
const PATIENCE: u64 = 20_000;

/// It is doubled up to this, in ms.
const MOST_PATIENCE: u64 = 320_000;

/// A room that goes through the SFU again within this time after it left it, in ms, left it too early.
const RETURN: u64 = 600_000;

/// A line that was too narrow for direct connections is not tried with them again for this long, in ms.
const NARROW: u64 = 300_000;

/// A room stays as it is for this long, in ms.
const SETTLED: u64 = 60_000;

/// After the start of the server people are still coming back for this long, in ms. As long as they are fewer than [`MANY`], how
/// many they will be is not known.
const COMING_BACK: u64 = 5_000;

/// A room for which the SFU has no time asks again after this, in ms.
const ASK_AGAIN: u64 = 250;

/// Up to so many people keep their direct connections while the room goes through the SFU, so that they can be sent back to
/// them when the server stops.
const ON_STANDBY: usize = 8;

/// What the operator leaves to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SfuPolicy {
    /// The room goes through the SFU when that is better for it.
    Auto,
    /// The room goes through the SFU, so that nobody who reaches it learns another's address. Whoever does not, or does not speak to
    /// it, is reached directly.
    Always,
}

/// What is the same for every decision of a room.
#[derive(Clone, Copy, Debug)]
pub(super) struct ModeTerms {
    /// The operator decided this.
    pub(super) policy: SfuPolicy,
    /// So many people reach each other directly at the most.
    pub(super) mesh_capacity: usize,
    /// This run of the server began then.
    pub(super) run_began: UnixMillis,
}

/// What a decision rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// So many people and devices are connected.
    pub(super) present: usize,
    /// So many seats are taken, those included that are kept.
    pub(super) seats: usize,
    /// So many of the connected could use the SFU, or do.
    pub(super) users: usize,
    /// Somebody who is connected sends a picture.
    pub(super) has_pictures: bool,
    /// Direct connections have been too much, without a pause, for somebody who is connected since then.
    pub(super) strained_since: Option<UnixMillis>,
    /// The line of somebody who is connected is too narrow for them.
    pub(super) is_line_narrow: bool,
    /// The processor of somebody who has a seat was ever too slow for them.
    pub(super) was_processor_slow: bool,
    /// The SFU has more to do than it has time for.
    pub(super) is_sfu_overloaded: bool,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    /// Whether the room goes through the SFU.
    pub(super) r#use: SfuUse,
    /// The number of the decision.
    pub(super) number: u32,
    /// Why it was taken.
    pub(super) why: SfuReason,
}

/// Whether a room goes through the SFU, and what is remembered to decide it.
#[derive(Debug)]
pub(super) struct RoomMode {
    terms: ModeTerms,
    /// What holds.
    standing: Decision,
    /// It was decided then; `None` when it holds since the room was opened.
    changed: Option<UnixMillis>,
    /// The room can do without the SFU since then, which may be in the future; `None` while it cannot.
    calm_since: Option<UnixMillis>,
    /// It leaves the SFU when it could do without it for so long, in ms.
    patience: u64,
    /// It last left the SFU by itself then.
    left: Option<UnixMillis>,
    /// Somebody's line was last too narrow for direct connections then.
    narrow: Option<UnixMillis>,
    /// Somebody's line was too narrow when the facts were last looked at.
    is_line_narrow: bool,
    /// Something may have to be decided then, although no fact has changed.
    due: Option<UnixMillis>,
    /// The server stops: nothing is decided any more.
    is_over: bool,
}

impl RoomMode {
    /// A room that is just being opened. Rooms that are opened later in the same run begin with a higher number, so that those of
    /// one name are not taken for each other.
    pub(super) fn new(terms: ModeTerms, now: UnixMillis) -> Self {
        let (r#use, why) = match terms.policy {
            SfuPolicy::Auto => (SfuUse::Off, SfuReason::People),
            SfuPolicy::Always => (SfuUse::On, SfuReason::Operator),
        };
        Self {
            terms,
            standing: Decision {
                r#use,
                number: first_number(terms, now),
                why,
            },
            changed: None,
            calm_since: None,
            patience: PATIENCE,
            left: None,
            narrow: None,
            is_line_narrow: false,
            due: None,
            is_over: false,
        }
    }

    /// Says what holds.
    pub(super) fn standing(&self) -> Decision {
        self.standing
    }

    /// Says when to decide again although no fact has changed.
    pub(super) fn next_deadline(&self) -> Option<UnixMillis> {
        self.due
    }

    /// Looks at the facts, which has to be done whenever one changes. Gives the decision if it is another than before.
    pub(super) fn decide(&mut self, facts: &Facts, now: UnixMillis) -> Option<Decision> {
        self.due = None;
        if self.is_fixed() {
            return None;
        }
        // It was too narrow up to this change at least.
        if facts.is_line_narrow || self.is_line_narrow {
            self.narrow = Some(now);
        }
        self.is_line_narrow = facts.is_line_narrow;
        let (at, why) = match self.standing.r#use {
            SfuUse::Off => self.way_up(facts, now)?,
            SfuUse::On => (self.way_down(facts, now)?, SfuReason::People),
        };
        if at > now {
            self.due = Some(at);
            return None;
        }
        let decision = match self.standing.r#use {
            SfuUse::Off => {
                let is_return = self
                    .left
                    .is_some_and(|left| now < left.saturating_add(RETURN));
                self.patience = match is_return {
                    true => (2 * self.patience).min(MOST_PATIENCE),
                    false => PATIENCE,
                };
                self.change(SfuUse::On, why, now)
            }
            SfuUse::On => {
                self.left = Some(now);
                self.change(SfuUse::Off, why, now)
            }
        };
        // What follows from it, such as when it may change again, is found with it in force.
        self.plan(facts, now);
        Some(decision)
    }

    /// Takes the other decision because the operator wants it, unless it is fixed, or the room is too large for direct
    /// connections.
    pub(super) fn flip(&mut self, facts: &Facts, now: UnixMillis) -> Option<Decision> {
        if self.is_fixed() {
            return None;
        }
        let wanted = match self.standing.r#use {
            SfuUse::Off => SfuUse::On,
            SfuUse::On if self.is_too_large(facts) => return None,
            SfuUse::On => SfuUse::Off,
        };
        let decision = self.change(wanted, SfuReason::Operator, now);
        self.plan(facts, now);
        Some(decision)
    }

    /// Sends a small room back to its direct connections because the server stops. Nothing is decided after this.
    pub(super) fn end(&mut self, facts: &Facts, now: UnixMillis) -> Option<Decision> {
        let is_sent_back = !self.is_fixed()
            && self.standing.r#use == SfuUse::On
            && facts.seats <= ON_STANDBY
            && !self.is_too_large(facts);
        self.is_over = true;
        self.due = None;
        is_sent_back.then(|| self.change(SfuUse::Off, SfuReason::Restart, now))
    }

    fn is_fixed(&self) -> bool {
        self.is_over || self.terms.policy == SfuPolicy::Always
    }

    fn is_too_large(&self, facts: &Facts) -> bool {
        facts.seats > self.terms.mesh_capacity
    }

    /// Says when the room may change again.
    fn settled(&self) -> UnixMillis {
        self.changed
            .map_or(0, |changed| changed.saturating_add(SETTLED))
    }

    /// Says when the room would go through the SFU if the facts stayed as they are, and why; `None` if it would not.
    fn way_up(&self, facts: &Facts, now: UnixMillis) -> Option<(UnixMillis, SfuReason)> {
        if facts.users < USERS {
            return None;
        }
        if self.is_too_large(facts) {
            return Some((now, SfuReason::People));
        }
        let is_many =
            facts.present >= MANY || (facts.present >= MANY_WITH_PICTURES && facts.has_pictures);
        let (at, why) = if is_many {
            (now, SfuReason::People)
        } else if facts.present >= MANY_UNDER_STRAIN {
            let at = facts.strained_since?.saturating_add(STRAINED);
            (at, SfuReason::Strain)
        } else {
            return None;
        };
        let back = match facts.present >= MANY {
            true => now,
            false => self.terms.run_began.saturating_add(COMING_BACK),
        };
        let relieved = match facts.is_sfu_overloaded {
            true => now.saturating_add(ASK_AGAIN),
            false => now,
        };
        Some((at.max(back).max(self.settled()).max(relieved), why))
    }

    /// Says when the room would leave the SFU if the facts stayed as they are; `None` if it would not.
    fn way_down(&mut self, facts: &Facts, now: UnixMillis) -> Option<UnixMillis> {
        let few = match facts.has_pictures {
            true => FEW,
            false => FEW_WITHOUT_PICTURES,
        };
        let is_calm = facts.present <= few
            && !self.is_too_large(facts)
            && !facts.is_line_narrow
            && !facts.was_processor_slow;
        if !is_calm {
            self.calm_since = None;
            return None;
        }
        let tried = self
            .narrow
            .map_or(0, |narrow| narrow.saturating_add(NARROW));
        let since = *self.calm_since.get_or_insert(now.max(tried));
        Some(since.saturating_add(self.patience).max(self.settled()))
    }

    fn change(&mut self, r#use: SfuUse, why: SfuReason, now: UnixMillis) -> Decision {
        let next = self.standing.number.saturating_add(1);
        self.standing = Decision {
            r#use,
            number: next.max(first_number(self.terms, now)),
            why,
        };
        self.changed = Some(now);
        self.calm_since = None;
        self.standing
    }

    /// Finds when to decide again.
    fn plan(&mut self, facts: &Facts, now: UnixMillis) {
        self.due = match self.standing.r#use {
            SfuUse::Off => self.way_up(facts, now).map(|(at, _)| at),
            SfuUse::On => self.way_down(facts, now),
        };
    }
}

/// Gives the number of the first decision of a room that is opened now: one more than the seconds of this run.
fn first_number(terms: ModeTerms, now: UnixMillis) -> u32 {
    let seconds = now.saturating_sub(terms.run_began) / 1_000;
    u32::try_from(seconds).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
#[path = "tests/mode.rs"]
mod tests;
