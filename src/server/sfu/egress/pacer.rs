//! When what is to be sent may go out: pictures no faster than their receiver's line can be expected to take them.
//!
//! Invariant: what has to wait goes out in the order it came in, repeats first. At most [`MOST_WAITING`] packets wait, none
//! longer than [`PATIENCE`]; what there is no room for is lost and counted, and of which streams something was is told. Sound does
//! not wait.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::outgoing_packet::OutgoingPacket;

/// A line is written to so many times as fast as it is taken to carry: a keyframe is to be there soon, and what is estimated is an
/// average.
const FACTOR: f64 = 2.5;

/// At least so many bits/s: a line that was never tried carries more.
const SLOWEST: f64 = 300_000.0;

/// So much may go out at once, in time of the line. What comes from a publisher is paced already.
const BURST: Duration = Duration::from_millis(20);

/// Sound and probes, which do not wait, hold up pictures for so long at most, in time of the line.
const LONGEST: Duration = Duration::from_millis(250);

/// When something waits, the next turn is so much later: a system's timers are no better, and packets go out together.
const TURN: Duration = Duration::from_millis(4);

/// So many packets may wait.
const MOST_WAITING: usize = 1_024;

/// What has waited so long is of no use.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// A packet that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    /// It is for this stream.
    pub(super) stream: usize,
    /// The packet.
    pub(super) packet: OutgoingPacket,
    /// It came then.
    pub(super) since: Instant,
}

/// The packets that wait for a line, and what the line was given last.
#[derive(Debug)]
pub(super) struct Pacer {
    /// The line is given so many bytes in a second.
    rate: f64,
    /// So many bytes more than the rate allows were sent until `at`.
    debt: f64,
    /// The debt was reckoned then.
    at: Instant,
    /// What is sent again.
    repeats: VecDeque<Waiting>,
    /// What was not sent before.
    firsts: VecDeque<Waiting>,
    /// So many packets were lost.
    lost: u64,
    /// Of these streams something was lost that was not sent before; each once.
    broken: Vec<usize>,
}

impl Pacer {
    /// For a line of which nothing is known.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            rate: SLOWEST / 8.0,
            debt: 0.0,
            at: now,
            repeats: VecDeque::new(),
            firsts: VecDeque::new(),
            lost: 0,
            broken: Vec::new(),
        }
    }

    /// Takes the line to carry so many bits/s.
    pub(super) fn suit(&mut self, estimate: f64) {
        self.rate = SLOWEST.max(FACTOR * estimate) / 8.0;
        self.debt = self.debt.min(self.rate * LONGEST.as_secs_f64());
    }

    /// Says whether something may go out now.
    pub(super) fn is_free(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at);
        self.at = self.at.max(now);
        self.debt = (self.debt - self.rate * passed.as_secs_f64()).max(0.0);
        self.debt <= self.rate * BURST.as_secs_f64()
    }

    /// Notes that so many bytes went out. What goes out without waiting holds up the rest for [`LONGEST`] at most.
    pub(super) fn went(&mut self, bytes: usize) {
        let debt = self.debt + f64::from(u32::try_from(bytes).unwrap_or(u32::MAX));
        self.debt = debt.min(self.rate * LONGEST.as_secs_f64());
    }

    /// Says whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.repeats.is_empty() && self.firsts.is_empty()
    }

    /// Lets a packet wait that was not sent before.
    pub(super) fn wait(&mut self, waiting: Waiting) {
        if let Some(lost) = push(&mut self.firsts, waiting) {
            self.lose(&lost);
        }
    }

    /// Lets a packet wait that is sent again.
    pub(super) fn wait_again(&mut self, waiting: Waiting) {
        self.lost += u64::from(push(&mut self.repeats, waiting).is_some());
    }

    /// Gives the next packet, and whether it is sent again.
    pub(super) fn next(&mut self, now: Instant) -> Option<(Waiting, bool)> {
        // What is held up by repeats grows old, too.
        while let Some(waiting) = pop_old(&mut self.firsts, now) {
            self.lose(&waiting);
        }
        while pop_old(&mut self.repeats, now).is_some() {
            self.lost += 1;
        }
        match self.repeats.pop_front() {
            Some(waiting) => Some((waiting, true)),
            None => Some((self.firsts.pop_front()?, false)),
        }
    }

    /// Counts a packet as lost that was not sent before.
    fn lose(&mut self, waiting: &Waiting) {
        self.lost += 1;
        if !self.broken.contains(&waiting.stream) {
            self.broken.push(waiting.stream);
        }
    }

    /// Gives a stream of which something was lost that was not sent before, once.
    pub(super) fn take_broken(&mut self) -> Option<usize> {
        self.broken.pop()
    }

    /// Lets nothing wait any more of a stream.
    pub(super) fn withdraw(&mut self, stream: usize) {
        self.repeats.retain(|waiting| waiting.stream != stream);
        self.firsts.retain(|waiting| waiting.stream != stream);
    }

    /// Says how long the oldest picture has waited.
    pub(super) fn delay(&self, now: Instant) -> Duration {
        let oldest = self.firsts.front().map(|waiting| waiting.since);
        oldest.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }

    /// Says when it is worth looking again; `None` while nothing waits.
    pub(super) fn due(&self) -> Option<Instant> {
        if self.is_empty() {
            return None;
        }
        let burst = BURST.as_secs_f64();
        let over = Duration::from_secs_f64((self.debt / self.rate - burst).clamp(0.0, 1.0));
        Some(self.at + over.max(TURN))
    }

    /// Gives the number of packets that were lost since it was asked last.
    pub(super) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }
}

/// Adds a packet to those that wait. Gives the one that is lost for it: the oldest.
fn push(queue: &mut VecDeque<Waiting>, waiting: Waiting) -> Option<Waiting> {
    queue.push_back(waiting);
    match queue.len() > MOST_WAITING {
        true => queue.pop_front(),
        false => None,
    }
}

/// Takes out the oldest packet if it has waited for too long.
fn pop_old(queue: &mut VecDeque<Waiting>, now: Instant) -> Option<Waiting> {
    queue.pop_front_if(|waiting| waiting.since + PATIENCE <= now)
}

#[cfg(test)]
#[path = "tests/pacer.rs"]
mod tests;
