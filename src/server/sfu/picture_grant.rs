//! One picture in one run of the allocation: the steps it can have, and how many of them are granted.
//!
//! Invariant: never more steps are granted than there are.

use std::time::Instant;

use super::demand::{Decision, Demand};
use super::picture_history::{Slot, Step};
use crate::protocol::sfu::Layer;

/// A picture in one run.
pub(super) struct Row {
    /// Its place among the demands.
    pub(super) index: usize,
    pub(super) slot: Slot,
    /// What it can have, the least first.
    pub(super) steps: Vec<Step>,
    /// So many of the steps are granted; with none it is paused.
    pub(super) level: usize,
}

impl Row {
    pub(super) fn new<K>(index: usize, demand: &Demand<K>, mut slot: Slot, now: Instant) -> Self {
        slot.is_fresh |= demand.size > slot.size;
        if demand.size != slot.size {
            slot.size = demand.size;
            slot.in_vain = Default::default();
        }
        slot.notice(&demand.layers, now);
        let steps = slot.steps(&demand.layers);
        let is_granted = |step: &&Step| slot.granted.is_some_and(|granted| step.layer <= granted);
        let mut level = steps.iter().filter(is_granted).count();
        // What it had is none of its layers any more: it begins anew.
        slot.is_fresh |= slot.granted.is_some() && level == 0;
        let live = steps[..level].iter().rposition(|step| step.is_live);
        if let (Some(live), Some(step)) = (live, steps[..level].last())
            && slot.carried == Some(step.layer)
            && !step.is_live
        {
            level = live + 1;
            slot.fail(now);
        }
        Self {
            index,
            slot,
            steps,
            level,
        }
    }

    /// What so many steps take, in bits per second.
    pub(super) fn cost(&self, level: usize) -> f64 {
        let step = level.checked_sub(1).and_then(|last| self.steps.get(last));
        step.map_or(0.0, |step| step.cost)
    }

    /// So many of what is granted take the least; `None` where nothing is.
    pub(super) fn cheapest(&self) -> Option<usize> {
        let costs = |one: &usize, other: &usize| self.cost(*one).total_cmp(&self.cost(*other));
        (1..=self.level).min_by(costs)
    }

    /// What flows, in bits per second.
    pub(super) fn flow(&self) -> f64 {
        let carried = |step: &&Step| step.is_live && Some(step.layer) == self.slot.carried;
        self.steps
            .iter()
            .find(carried)
            .map_or(0.0, |step| step.cost)
    }

    /// The best that comes in of what is granted.
    pub(super) fn live(&self) -> Option<usize> {
        self.steps[..self.level]
            .iter()
            .rposition(|step| step.is_live)
    }

    /// Gives up what has not come yet.
    pub(super) fn forgo(&mut self) {
        self.level = self.live().map_or(self.level, |live| live + 1);
    }

    pub(super) fn lower(&mut self, level: usize, now: Instant, fall: impl Fn(&mut Slot, Instant)) {
        if level < self.level {
            self.level = level;
            fall(&mut self.slot, now);
        }
    }

    /// Says what is done, and remembers it.
    pub(super) fn decide<K>(&mut self, key: K, is_broken: bool) -> Decision<K> {
        let before = self.slot.carried;
        let granted = self.level.checked_sub(1).map(|last| self.steps[last]);
        let live = self.live().map(|live| self.steps[live].layer);
        // While nothing comes in at all, what was carried may go on where it stopped.
        let frozen = granted.and(before).filter(|before| {
            let is_there = |step: &Step| step.layer == *before && step.is_live;
            !self.steps.iter().any(is_there)
        });
        let layer = live.or(frozen);
        let in_vain = Layer::ALL.into_iter();
        let in_vain = in_vain.filter(|one| self.slot.in_vain[one.index()] && Some(*one) > layer);
        let awaited = granted.filter(|step| !step.is_live).map(|step| step.layer);
        self.slot.granted = granted.map(|step| step.layer);
        self.slot.carried = layer;
        Decision {
            key,
            layer,
            ask: awaited.or(in_vain.min()),
            stop_first: is_broken && layer < before,
        }
    }
}
