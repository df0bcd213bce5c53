//! When each session has to be called again.
//!
//! Invariant: a session has one timer or none, the one set last. What is kept of timers that were replaced is at most as
//! much again as of those that count, and [`SLACK`].

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::time::Instant;

/// So many replaced timers are kept whatever there is: to clear away a few is not worth it.
const SLACK: usize = 64;

/// The timers of a shard; its sessions are known as `S`, and numbered without large gaps.
#[derive(Debug)]
pub(super) struct Timers<S> {
    /// Every timer that was set, earliest first, replaced ones too.
    heap: BinaryHeap<Timer<S>>,
    /// The timers that count, by the number of the session: the instant and the epoch of each.
    live: Vec<Option<(Instant, u64)>>,
    /// There are so many of them.
    count: usize,
    /// The next timer gets this epoch.
    epoch: u64,
}

/// One timer as it was set.
#[derive(Clone, Copy, Debug)]
struct Timer<S> {
    when: Instant,
    /// Each timer has another one, which tells those that count from those that were replaced.
    epoch: u64,
    session: S,
}

impl<S> Ord for Timer<S> {
    /// The earliest timer is the greatest, because a heap gives its greatest; of equals it is the one set first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.when, other.epoch).cmp(&(self.when, self.epoch))
    }
}

impl<S> PartialOrd for Timer<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S> PartialEq for Timer<S> {
    fn eq(&self, other: &Self) -> bool {
        self.epoch == other.epoch
    }
}

impl<S> Eq for Timer<S> {}

impl<S> Default for Timers<S> {
    fn default() -> Self {
        Self {
            heap: BinaryHeap::new(),
            live: Vec::new(),
            count: 0,
            epoch: 0,
        }
    }
}

impl<S: Copy + Into<usize>> Timers<S> {
    /// Sets the session's timer, instead of the one it has.
    pub(super) fn set(&mut self, session: S, when: Instant) {
        let number = session.into();
        if number >= self.live.len() {
            self.live.resize(number + 1, None);
        }
        let timer = &mut self.live[number];
        if timer.is_some_and(|(before, _)| before == when) {
            return;
        }
        let epoch = self.epoch;
        if timer.replace((when, epoch)).is_none() {
            self.count += 1;
        }
        self.epoch += 1;
        self.heap.push(Timer {
            when,
            epoch,
            session,
        });
        self.compact();
    }

    /// Takes the session's timer away, if it has one.
    pub(super) fn cancel(&mut self, session: S) {
        self.take(session);
        self.compact();
    }

    fn take(&mut self, session: S) {
        let timer = self.live.get_mut(session.into());
        if timer.and_then(Option::take).is_some() {
            self.count -= 1;
        }
    }

    /// Says when the first timer is due.
    pub(super) fn next(&mut self) -> Option<Instant> {
        while let Some(first) = self.heap.peek() {
            if is_live(&self.live, first) {
                return Some(first.when);
            }
            self.heap.pop();
        }
        None
    }

    /// Takes out the timers that are due and gives their sessions, those first whose timers were due first. What the
    /// iterator is not asked for stays.
    pub(super) fn due(&mut self, now: Instant) -> impl Iterator<Item = S> {
        std::iter::from_fn(move || {
            self.next().filter(|first| *first <= now)?;
            let session = self.heap.pop()?.session;
            self.take(session);
            Some(session)
        })
    }

    /// Clears replaced timers away when there are more of them than of those that count.
    fn compact(&mut self) {
        if self.heap.len() > 2 * self.count + SLACK {
            let live = &self.live;
            self.heap.retain(|timer| is_live(live, timer));
        }
    }
}

fn is_live<S: Copy + Into<usize>>(live: &[Option<(Instant, u64)>], timer: &Timer<S>) -> bool {
    let counts = live.get(timer.session.into()).copied().flatten();
    counts.is_some_and(|(_, epoch)| epoch == timer.epoch)
}

#[cfg(test)]
#[path = "tests/timers.rs"]
mod tests;
