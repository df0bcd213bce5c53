//! What may be granted upwards, and to whom.
//!
//! Invariant: nothing is granted beyond what there is room for, and nothing less important before something more important
//! that would fit.

use std::time::{Duration, Instant};

use super::picture_grant::Row;
use super::picture_history::Slot;
use crate::protocol::sfu::Layer;

/// Of the budget so much may be granted upwards at once.
pub(super) const QUICK: f64 = 0.87;

/// What may rise within this time is reckoned with already.
pub(super) const SOON: Duration = Duration::from_secs(2);

/// A paused picture returns when there is room for so many times its cost.
const RETURN: f64 = 1.3;

/// For so long a picture waits for what less important ones hold, before it is taken from them.
const SHORT: Duration = Duration::from_secs(10);

/// And it gets it only if it all fits into this share of the room.
const SWAP: f64 = 0.95;

/// What may be granted upwards; all in bits per second.
pub(super) struct Headroom {
    pub(super) estimate: f64,
    /// What is there now.
    pub(super) budget: f64,
    /// What has been there for [`SLOW`].
    pub(super) lasting: f64,
    pub(super) now: Instant,
}

impl Headroom {
    /// Grants what may be granted, one step after the other.
    pub(super) fn hand_out(&self, rows: &mut [Row]) {
        let within = (QUICK * self.budget).max(self.lasting);
        let ceilings: Vec<usize> = rows
            .iter()
            .map(
                |row| match row.slot.may_rise(self.estimate, self.now + SOON) {
                    true => row.steps.len(),
                    false => row.level,
                },
            )
            .collect();
        let goal = fill(rows, within, &ceilings);
        self.raise(rows, &goal, within);
        // What only just fits is not worth a swap, unless somebody has just asked for it.
        let is_fresh = rows.iter().any(|row| row.slot.is_fresh);
        let share = if is_fresh { 1.0 } else { SWAP };
        let due = fill(rows, share * within, &ceilings);
        let mut is_urgent = false;
        for (row, due) in rows.iter_mut().zip(&due) {
            let is_short = row.level < *due && row.slot.may_rise(self.estimate, self.now);
            let since = row.slot.short_since.unwrap_or(self.now);
            row.slot.short_since = is_short.then_some(since);
            let is_long = self.now.saturating_duration_since(since) >= SHORT;
            is_urgent |= is_short && (is_long || row.slot.is_fresh);
        }
        if is_urgent {
            for (row, due) in rows.iter_mut().zip(&due) {
                row.lower(*due, self.now, Slot::yield_place);
            }
            self.raise(rows, &goal, within);
        }
        // Until there was something to have, it stays new.
        for row in rows.iter_mut().filter(|row| !row.steps.is_empty()) {
            row.slot.is_fresh = false;
        }
    }

    /// What has to be there for the next step of a row, in bits per second, when so much is paid for.
    pub(super) fn needed(paid: f64, row: &Row) -> f64 {
        let more = row.cost(row.level + 1) - row.cost(row.level);
        match row.level {
            0 if !row.slot.is_fresh => ((paid + more) / QUICK).max(paid + RETURN * more),
            _ => (paid + more) / QUICK,
        }
    }

    pub(super) fn raise(&self, rows: &mut [Row], goal: &[usize], within: f64) {
        let mut sum = paid(rows);
        for level in 1..=Layer::ALL.len() {
            for (row, goal) in rows.iter_mut().zip(goal) {
                let is_next = row.level + 1 == level && level <= *goal;
                if !is_next || !row.slot.may_rise(self.estimate, self.now) {
                    continue;
                }
                let more = row.cost(level) - row.cost(row.level);
                let is_return = level == 1 && !row.slot.is_fresh;
                let is_safe = !is_return || sum + RETURN * more <= self.budget;
                if sum + more <= self.lasting || (sum + more <= within && is_safe) {
                    row.level = level;
                    row.slot.rose = Some((self.now, self.estimate));
                    sum += more;
                }
            }
        }
    }
}

/// The levels to which the rows get with this budget: each the first, then each the second, then the third, in their order.
pub(super) fn fill(rows: &[Row], budget: f64, ceilings: &[usize]) -> Vec<usize> {
    let mut levels = vec![0; rows.len()];
    let mut sum = 0.0;
    for next in 1..=Layer::ALL.len() {
        for ((row, level), ceiling) in rows.iter().zip(&mut levels).zip(ceilings) {
            let more = row.cost(next) - row.cost(*level);
            if *level + 1 == next && next <= *ceiling && sum + more <= budget {
                *level = next;
                sum += more;
            }
        }
    }
    levels
}

/// What everything that is granted takes, in bits per second.
pub(super) fn paid(rows: &[Row]) -> f64 {
    rows.iter().map(|row| row.cost(row.level)).sum()
}
