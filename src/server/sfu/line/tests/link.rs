//! A link with a queue, and a receiver that may be slow in reading: what the stories of lines, and of those who share them, are played
//! with. Times are in ms, rates in bits/s.

use std::collections::VecDeque;
use std::ops::Range;

use crate::random::Random;

/// What lies between a sender and a receiver. Times are in ms.
pub(in crate::server::sfu) struct Link {
    /// What it carries from which time on, in bits/s.
    pub(in crate::server::sfu) capacities: Vec<(f64, f64)>,
    /// What would wait for longer is lost.
    pub(in crate::server::sfu) longest: f64,
    pub(in crate::server::sfu) propagation: f64,
    pub(in crate::server::sfu) jitter: f64,
    /// The share that is lost however little is sent.
    pub(in crate::server::sfu) loss: f64,
    pub(in crate::server::sfu) busy_until: f64,
}

impl Link {
    pub(in crate::server::sfu) fn of(capacity: f64) -> Self {
        Self {
            capacities: vec![(0.0, capacity)],
            longest: 300.0,
            propagation: 25.0,
            jitter: 0.0,
            loss: 0.0,
            busy_until: 0.0,
        }
    }

    fn capacity(&self, now: f64) -> f64 {
        let begun = self.capacities.iter().take_while(|(from, _)| *from <= now);
        begun.last().unwrap().1
    }

    /// For how long what is sent now would wait.
    pub(in crate::server::sfu) fn queue(&self, now: f64) -> f64 {
        (self.busy_until - now).max(0.0)
    }

    /// When a packet that is sent now arrives, if it does.
    pub(in crate::server::sfu) fn carry(
        &mut self,
        now: f64,
        bytes: usize,
        random: &mut Random,
    ) -> Option<f64> {
        if self.queue(now) > self.longest || random.fraction() < self.loss {
            return None;
        }
        let takes = 8_000.0 * bytes as f64 / self.capacity(now);
        self.busy_until = self.busy_until.max(now) + takes;
        Some(self.busy_until + self.propagation + self.jitter * random.fraction())
    }
}

/// A transport feedback: when it comes, its reference, and what it tells of each packet.
pub(in crate::server::sfu) type Feedback = (f64, u32, Vec<(u16, Option<i64>)>);

/// Who reads what arrives, and tells of it.
pub(in crate::server::sfu) struct Reader {
    /// It reads in clumps.
    pub(in crate::server::sfu) is_clumpy: bool,
    /// Between its pauses, on average, and how long they are.
    pub(in crate::server::sfu) pauses: (f64, Range<f64>),
    /// When packets are read, from `reported` on; `None` for those that are lost.
    reads: VecDeque<Option<f64>>,
    reported: u64,
    last_read: f64,
    /// The pause in which nothing is read.
    pause: (f64, f64),
    pub(in crate::server::sfu) next_feedback: f64,
    feedbacks: VecDeque<Feedback>,
}

/// A time of that mean, exponentially spread.
pub(in crate::server::sfu) fn exponential(mean: f64, random: &mut Random) -> f64 {
    -mean * (1.0 - random.fraction()).ln()
}

impl Reader {
    pub(in crate::server::sfu) fn new() -> Self {
        Self {
            is_clumpy: false,
            pauses: (100.0, 5.0..60.0),
            reads: VecDeque::new(),
            reported: 0,
            last_read: 0.0,
            pause: (0.0, 0.0),
            next_feedback: 60.0,
            feedbacks: VecDeque::new(),
        }
    }

    /// Takes the next packet, which arrives then, if it does.
    pub(in crate::server::sfu) fn take(&mut self, arrived: Option<f64>, random: &mut Random) {
        let read = arrived.map(|arrived| {
            let mut read = arrived.max(self.last_read);
            while self.is_clumpy && read >= self.pause.0 {
                if read < self.pause.1 {
                    read = self.pause.1;
                    break;
                }
                let (gap, Range { start, end }) = &self.pauses;
                let begin = self.pause.1 + exponential(*gap, random);
                self.pause = (begin, begin + start + (end - start) * random.fraction());
            }
            self.last_read = read;
            read
        });
        self.reads.push_back(read);
    }

    /// Tells of what was read, each 50 to 100 ms.
    pub(in crate::server::sfu) fn report(
        &mut self,
        now: f64,
        propagation: f64,
        random: &mut Random,
    ) {
        if now < self.next_feedback {
            return;
        }
        self.next_feedback = now + 50.0 + 50.0 * random.fraction();
        let is_read = |read: &Option<f64>| read.is_some_and(|read| read <= now);
        let Some(last) = self.reads.iter().rposition(is_read) else {
            return;
        };
        // Any beginning, which wraps soon.
        let clock = 64.0 * f64::from((1 << 24) - 200);
        let reference = ((clock + now) / 64.0).floor();
        let mut packets = vec![];
        for read in self.reads.drain(..=last) {
            let ticks = read.map(|read| (4.0 * (clock + read - 64.0 * reference)).round() as i64);
            packets.push((self.reported as u16, ticks));
            self.reported += 1;
        }
        let reference = reference as u32 & 0xff_ffff;
        self.feedbacks
            .push_back((now + propagation, reference, packets));
    }

    /// Gives the next of its feedbacks that has come.
    pub(in crate::server::sfu) fn told(&mut self, now: f64) -> Option<Feedback> {
        let is_there = self.feedbacks.front().is_some_and(|it| it.0 <= now);
        is_there.then(|| self.feedbacks.pop_front()).flatten()
    }
}
