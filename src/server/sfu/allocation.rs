//! Which layer of each picture one subscriber gets, of what their downlink is estimated to carry.
//!
//! Invariant: what is granted only grows while it stays within the budget, and shrinks within two runs once what flows is
//! more than an estimate that fell; where it is not much more, only once that has lasted, if it is more because of what flows, or it is
//! the last layer of a picture. Runs are to be 100 ms apart. What is decided depends on the arguments and on earlier runs only.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

use super::demand::{Allocation, Demand};
use super::headroom::{Headroom, SOON, fill, paid};
use super::picture_grant::Row;
use super::picture_history::Slot;
use crate::protocol::sfu::ViewedSize;

/// Of an estimate so much is handed out.
const USABLE: f64 = 0.95;

/// Measured voices are reckoned with as so much.
const VOICES: f64 = 1.25;

/// The lowest estimate of this time may be granted upwards entirely.
const SLOW: Duration = Duration::from_secs(4);

/// What flows may be more than the estimate for this long before something is taken away.
const PATIENCE: Duration = Duration::from_millis(100);

/// And for this long where the estimate has not fallen: of a picture that was just switched, a keyframe flows, which counts for a second.
const KEYFRAME: Duration = Duration::from_millis(1_200);

/// And so long before the last layer of a picture is. An estimator that heard packets late for a moment falls to 0.85 of what came
/// (draft-ietf-rmcat-gcc-02, section 5.5), however much the line carries, and nobody is to vanish for that.
const LAST_PATIENCE: Duration = Duration::from_secs(2);

/// Below this share of what flows, an estimate is believed at once.
const COLLAPSED: f64 = 0.8;

/// An estimate that is not below this share of what it was has not fallen: more flows than before. It is no more than half as much again
/// as what flowed (draft-ietf-rmcat-gcc-02, section 5.5), whatever the line carries.
const STEADY: f64 = 0.95;

/// Below this share of what flows, what is replaced stops before its replacement is there.
const BROKEN: f64 = 0.5;

/// Of what flows so much is left when the queue stands still.
const GENTLE: f64 = 0.85;

/// Packets that wait for longer mean that the estimate is too high.
const QUEUE: Duration = Duration::from_millis(150);

/// A queue that long shrinks within this time, if it is a keyframe's.
const GROWTH: Duration = Duration::from_millis(200);

/// What is remembered of one subscriber.
#[derive(Clone, Debug)]
pub(super) struct Allocator<K> {
    slots: HashMap<K, Slot>,
    /// The lowest estimate of each half second of the last [`SLOW`], in bits per second, and when that began.
    estimates: VecDeque<(Instant, f64)>,
    /// Since when more flows than the estimate, and what was estimated before, in bits per second.
    over_since: Option<(Instant, f64)>,
    /// The estimates of the two runs before, the earlier first, in bits per second: what was decided in the one flows in the other.
    before: [f64; 2],
    /// The queue since which it has been over [`QUEUE`] without shrinking, and when that was.
    queue: Option<(Duration, Instant)>,
}

// Not derived, since a key has no default.
impl<K> Default for Allocator<K> {
    fn default() -> Self {
        Self {
            slots: HashMap::new(),
            estimates: VecDeque::new(),
            over_since: None,
            before: [0.0; 2],
            queue: None,
        }
    }
}

impl<K: Copy + Eq + Hash> Allocator<K> {
    /// Decides about every demand. `estimate` is what the downlink carries and `voices` what the forwarded voices take, both in
    /// bits per second; `queued` is how long packets wait to be sent.
    pub(super) fn allocate(
        &mut self,
        demands: &[Demand<K>],
        estimate: f64,
        voices: f64,
        queued: Duration,
        now: Instant,
    ) -> Allocation<K> {
        let reserved = VOICES * voices;
        let budget = USABLE * estimate - reserved;
        let lowest = self.lowest(estimate, now);
        let lasting = USABLE * lowest - reserved;
        let mut rows = self.rows(demands, now);
        let flow = voices + rows.iter().map(Row::flow).sum::<f64>();
        let limit = self.limit(flow, estimate, queued, now);
        let mut is_doubtful = false;
        if limit.is_some() || voices + paid(&rows) > estimate {
            rows.iter_mut().for_each(Row::forgo);
        }
        if let Some(limit) = limit {
            let ceilings: Vec<usize> = rows.iter().map(|row| row.level).collect();
            let levels = fill(&rows, budget.min(limit - reserved), &ceilings);
            let with_last = levels_with_last(&rows, &levels);
            let costs = rows.iter().zip(&with_last);
            let needed: f64 = voices + costs.map(|(row, level)| row.cost(*level)).sum::<f64>();
            is_doubtful =
                with_last != levels && needed <= flow && self.keeps_last(flow, estimate, now);
            let levels = if is_doubtful { with_last } else { levels };
            for (row, level) in rows.iter_mut().zip(levels) {
                row.lower(level, now, Slot::fail);
            }
        } else if self.over_since.is_none() {
            let room = Headroom {
                estimate,
                budget,
                lasting,
                now,
            };
            room.hand_out(&mut rows);
        }
        let next = rows
            .iter()
            .filter(|row| row.level < row.steps.len() && row.slot.may_rise(estimate, now + SOON));
        let next = next.map(|row| Headroom::needed(paid(&rows), row) + reserved);
        let caps = rows.iter().map(|row| row.cost(row.steps.len()));
        let desired = reserved + caps.sum::<f64>();
        let next = next.min_by(f64::total_cmp);
        let next_step = next.map_or(0.0, |needed| needed / USABLE);
        rows.sort_by_key(|row| row.index);
        let is_broken = estimate < BROKEN * flow;
        let keys = demands.iter().map(|demand| demand.key);
        let decisions = rows.iter_mut().zip(keys.clone());
        let decisions = decisions.map(|(row, key)| row.decide(key, is_broken));
        let decisions = decisions.collect();
        self.slots = keys.zip(rows.into_iter().map(|row| row.slot)).collect();
        Allocation {
            decisions,
            next_step,
            desired: desired.max(next_step),
            is_doubtful,
        }
    }

    /// The demands in the order in which they are served.
    fn rows(&self, demands: &[Demand<K>], now: Instant) -> Vec<Row> {
        let mut order: Vec<(usize, &Demand<K>)> = demands.iter().enumerate().collect();
        order.sort_by_key(|(_, demand)| match (demand.size, demand.is_screen) {
            (ViewedSize::Large, true) => 0,
            (ViewedSize::Large, false) => 1,
            (ViewedSize::Medium, _) => 2,
            (ViewedSize::Thumbnail | ViewedSize::Hidden, _) => 3,
        });
        let row = |(index, demand): (usize, &Demand<K>)| {
            let slot = self.slots.get(&demand.key).copied().unwrap_or_default();
            Row::new(index, demand, slot, now)
        };
        order.into_iter().map(row).collect()
    }

    /// The lowest estimate of the last [`SLOW`]; 0 before there are so many.
    fn lowest(&mut self, estimate: f64, now: Instant) -> f64 {
        let age = |since: Instant| now.saturating_duration_since(since);
        match self.estimates.back_mut() {
            Some((since, lowest)) if age(*since) < SLOW / 8 => *lowest = lowest.min(estimate),
            _ => self.estimates.push_back((now, estimate)),
        }
        let is_old = |(since, _): &(Instant, f64)| age(*since) >= SLOW;
        // One that is old enough stays: it says that the others are all of this time.
        while self.estimates.get(1).is_some_and(is_old) {
            self.estimates.pop_front();
        }
        let lowest = self.estimates.iter().map(|(_, lowest)| *lowest);
        match self.estimates.front().is_some_and(is_old) {
            true => lowest.fold(estimate, f64::min),
            false => 0.0,
        }
    }

    /// Whether nobody's last layer is taken away yet, although what flows is more than the estimate.
    fn keeps_last(&self, flow: f64, estimate: f64, now: Instant) -> bool {
        let Some((since, before)) = self.over_since else {
            return true;
        };
        let is_new = now.saturating_duration_since(since) < LAST_PATIENCE;
        let has_fallen = has_fallen(estimate, before);
        let least = if has_fallen { COLLAPSED } else { BROKEN };
        self.queue.is_none() && is_new && estimate >= least * flow
    }

    /// What may flow at most, voices included, if something has to be taken away. In bits per second.
    fn limit(&mut self, flow: f64, estimate: f64, queued: Duration, now: Instant) -> Option<f64> {
        let age = |since: Instant| now.saturating_duration_since(since);
        let [earlier, last] = self.before;
        self.before = [last, estimate];
        let before = earlier.max(last);
        let over_since = self.over_since.unwrap_or((now, before));
        self.over_since = (flow > estimate).then_some(over_since);
        let patience = match has_fallen(estimate, over_since.1) {
            true => PATIENCE,
            false => KEYFRAME,
        };
        let is_lasting = self.over_since.is_some() && age(over_since.0) >= patience;
        let (before, since) = match self.queue {
            Some((before, since)) if queued >= before => (before, since),
            _ => (queued, now),
        };
        self.queue = (queued > QUEUE).then_some((before, since));
        if self.queue.is_some() && age(since) >= GROWTH {
            self.queue = Some((queued, now));
            // What grows by a second in a second gets half of what it needs.
            let growth = (queued - before).as_secs_f64() / age(since).as_secs_f64();
            return Some(flow * (1.0 / (1.0 + growth)).clamp(BROKEN, GENTLE));
        }
        (is_lasting || estimate < COLLAPSED * flow).then_some(flow)
    }
}

/// Whether an estimate is less than it was by more than it usually changes.
fn has_fallen(estimate: f64, before: f64) -> bool {
    estimate < STEADY * before
}

/// These levels, but for pictures that would have none: they keep what takes the least.
fn levels_with_last(rows: &[Row], levels: &[usize]) -> Vec<usize> {
    let level = |(row, level): (&Row, &usize)| match level {
        0 => row.cheapest().unwrap_or(0),
        _ => *level,
    };
    rows.iter().zip(levels).map(level).collect()
}

#[cfg(test)]
#[path = "tests/allocation_call.rs"]
mod call;
#[cfg(test)]
#[path = "tests/allocation_picture.rs"]
mod picture;
#[cfg(test)]
#[path = "tests/allocation_simulation.rs"]
mod simulation;
#[cfg(test)]
#[path = "tests/allocation.rs"]
mod tests;
