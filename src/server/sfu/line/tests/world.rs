//! What the stories of lines are played with: senders that have little or much to send, over a link. Times are in ms, rates in bits/s.

use std::time::{Duration, Instant};

use super::link::{Link, Reader, exponential};
use super::*;
use crate::random::Random;

/// The payload of a packet, with its header.
pub(super) const PACKET: usize = 1_200;

/// What a sender has to send.
#[derive(Clone, Copy)]
pub(super) enum Media {
    /// So many bits/s, whatever the estimate.
    Fixed(f64),
    /// As much as is estimated, up to so many bits/s.
    UpTo(f64),
}

/// A sender and its receiver.
pub(super) struct Peer {
    pub(super) line: Line,
    pub(super) media: Media,
    pub(super) begins: f64,
    pub(super) minimum: f64,
    pub(super) desired: f64,
    /// The bytes of keyframes.
    pub(super) keyframes: f64,
    pub(super) reader: Reader,
    /// The sender is as slow as that.
    pub(super) is_sender_slow: bool,
    /// When it last did something, or does next, and when it rests.
    pub(super) stepped: f64,
    pub(super) rests_at: f64,
    pub(super) next_number: u64,
    /// The bytes that wait in the pacer.
    pub(super) waiting: f64,
    /// What may be sent of them now, in bytes.
    pub(super) credit: f64,
    /// The probe that is being sent, and its bytes and packets that are left.
    pub(super) probe: Option<(Probe, f64, usize)>,
    pub(super) delivered: f64,
}

impl Peer {
    pub(super) fn new(media: Media, desired: f64, start: Instant) -> Self {
        Self {
            line: Line::new(800_000.0, start),
            media,
            begins: 0.0,
            minimum: 0.0,
            desired,
            keyframes: 0.0,
            reader: Reader::new(),
            is_sender_slow: false,
            stepped: 0.0,
            rests_at: 0.0,
            next_number: 0,
            waiting: 0.0,
            credit: 0.0,
            probe: None,
            delivered: 0.0,
        }
    }

    fn rate(&self) -> f64 {
        match self.media {
            Media::Fixed(rate) => rate,
            Media::UpTo(rate) => rate.min(self.line.estimate()),
        }
    }

    fn step(&mut self, now: f64, start: Instant, link: &mut Link, random: &mut Random) {
        // A picture each 33 ms.
        if (now as u64).is_multiple_of(33) {
            self.waiting += self.rate() / 8.0 * 0.033 * random.around(0.3);
            // Now and then it is a keyframe.
            if self.keyframes > 0.0 && random.fraction() < 0.01 {
                self.waiting += self.keyframes;
            }
        }
        if self.is_sender_slow && now >= self.rests_at {
            self.stepped = now + 5.0 + 25.0 * random.fraction();
            self.rests_at = self.stepped + exponential(100.0, random);
        }
        if now < self.stepped {
            return;
        }
        let passed = (now - self.stepped).max(1.0);
        self.stepped = now;
        let at = start + Duration::from_secs_f64(now / 1_000.0);
        while let Some((_, reference, packets)) = self.reader.told(now) {
            self.line.heard(reference, packets.into_iter(), at);
        }
        if (now as u64).is_multiple_of(100) {
            self.line.wish(self.minimum, self.desired);
        }
        let is_due = self.line.next().is_some_and(|next| next <= at);
        if let Some(probe) = is_due.then(|| self.line.pass(at)).flatten() {
            let bytes = probe.rate * probe.length.as_secs_f64() / 8.0;
            self.probe = Some((probe, bytes, probe.packets));
            self.credit = 0.0;
        }
        let pace = match self.probe {
            Some((probe, ..)) => probe.rate,
            None => (1.5 * self.line.estimate()).max(1.2 * self.rate()),
        };
        let earned = passed * pace / 8_000.0;
        self.credit = self.credit.min(PACKET as f64) + earned;
        while self.credit >= PACKET as f64 {
            let is_media = self.waiting >= PACKET as f64;
            if !is_media && self.probe.is_none() {
                break;
            }
            if is_media {
                self.waiting -= PACKET as f64;
            }
            self.credit -= PACKET as f64;
            let id = self.probe.map(|(probe, ..)| probe.id);
            if let Some((probe, bytes, packets)) = self.probe {
                let left = (bytes - PACKET as f64, packets.saturating_sub(1));
                self.probe = (left.0 > 0.0 || left.1 > 0).then_some((probe, left.0, left.1));
            }
            self.send(now, at, id, link, random);
        }
        self.reader.report(now, link.propagation, random);
    }

    fn send(
        &mut self,
        now: f64,
        at: Instant,
        probe: Option<ProbeId>,
        link: &mut Link,
        random: &mut Random,
    ) {
        let number = self.next_number;
        self.next_number += 1;
        self.line.sent(Sent {
            number,
            bytes: PACKET,
            at,
            probe,
        });
        let arrived = link.carry(now, PACKET, random);
        if arrived.is_some() {
            self.delivered += PACKET as f64;
        }
        self.reader.take(arrived, random);
    }
}

/// What was seen at a time.
#[derive(Clone, Copy)]
pub(super) struct Glance {
    pub(super) at: f64,
    pub(super) estimate: f64,
    pub(super) queue: f64,
}

pub(super) struct World {
    pub(super) start: Instant,
    pub(super) now: f64,
    pub(super) random: Random,
    pub(super) link: Link,
    pub(super) peers: Vec<Peer>,
    pub(super) glances: Vec<Glance>,
}

impl World {
    pub(super) fn new(seed: u64, link: Link, media: Media, desired: f64) -> Self {
        let start = Instant::now();
        Self {
            start,
            now: 0.0,
            random: Random::new(seed),
            link,
            peers: vec![Peer::new(media, desired, start)],
            glances: vec![],
        }
    }

    pub(super) fn run(&mut self, ms: u64) {
        for _ in 0..ms {
            for peer in &mut self.peers {
                if self.now >= peer.begins {
                    peer.step(self.now, self.start, &mut self.link, &mut self.random);
                }
            }
            self.glances.push(Glance {
                at: self.now,
                estimate: self.peers[0].line.estimate(),
                queue: self.link.queue(self.now),
            });
            self.now += 1.0;
        }
    }

    /// The first time from which on the estimate was at least this, in ms.
    pub(super) fn reached(&self, estimate: f64) -> f64 {
        let mut glances = self.glances.iter();
        glances
            .find(|it| it.estimate >= estimate)
            .map_or(f64::INFINITY, |it| it.at)
    }

    pub(super) fn since(&self, from: f64) -> impl Iterator<Item = &Glance> {
        self.glances.iter().filter(move |it| it.at >= from)
    }

    /// The queue of which this share of the time is below, in ms.
    pub(super) fn queue(&self, from: f64, share: f64) -> f64 {
        let mut queues: Vec<f64> = self.since(from).map(|it| it.queue).collect();
        queues.sort_by(f64::total_cmp);
        queues[((queues.len() - 1) as f64 * share) as usize]
    }

    pub(super) fn least(&self, from: f64) -> f64 {
        self.since(from)
            .map(|it| it.estimate)
            .fold(f64::INFINITY, f64::min)
    }

    pub(super) fn mean(&self, from: f64) -> f64 {
        self.since(from).map(|it| it.estimate).sum::<f64>() / self.since(from).count() as f64
    }
}
