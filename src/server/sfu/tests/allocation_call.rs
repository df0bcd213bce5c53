//! One subscriber of nine pictures behind a bottleneck: the publishers' packets go through the pacer and over a link, and what the
//! subscriber tells of them is all that is known of it. Times are in ms, rates in bits/s.

use super::super::demand::Offer;
use super::super::egress::sender::{Freight, Sender};
use super::super::line::link::{Link, Reader};
use super::picture::Picture;
use super::*;
use crate::protocol::sfu::Layer;
use crate::random::Random;

const PICTURES: usize = 9;

/// What is not more than this share of the capacity fits for sure: both the estimate and the pictures go up and down by a
/// twentieth.
const NOISE: f64 = 0.9;

/// The first estimate.
const FIRST: f64 = 800_000.0;

/// The bits/s of a voice, and the ms between its packets.
const VOICE: (f64, f64) = (40_000.0, 20.0);

/// So many bytes are sent again at once, and such a part of what is sent.
const REPEATS: (f64, f64) = (100_000.0, 0.5);

/// A packet that is lost is asked for after this time, and a round trip.
const MISSED: f64 = 20.0;

pub(super) struct Call {
    random: Random,
    start: Instant,
    pub(super) ms: f64,
    allocator: Allocator<usize>,
    pub(super) pictures: Vec<Picture>,
    pub(super) capacity: f64,
    jitter: f64,
    voices: f64,
    pub(super) sender: Sender,
    pub(super) link: Link,
    reader: Reader,
    /// What was lost, and when it is asked for.
    missed: Vec<(f64, usize)>,
    /// So many bytes may be sent again.
    credit: f64,
    /// For how many runs more has been decided than was estimated; for how many of them that was not waited for, and the longest such
    /// time.
    runs_over: u32,
    over: u32,
    pub(super) longest_over: u32,
    /// The last estimate that was not less than what was decided.
    enough: f64,
}

impl Call {
    pub(super) fn new(seed: u64, capacity: f64) -> Self {
        let mut random = Random::new(seed);
        let layout = random.below(5);
        let pictures = (0..PICTURES).map(|index| {
            let (size, is_screen) = match (layout, index) {
                (0, _) => (ViewedSize::Medium, false),
                (1 | 2, 0) => (ViewedSize::Large, layout == 2),
                (1 | 2, _) => (ViewedSize::Thumbnail, false),
                (3, _) => (ViewedSize::Large, false),
                _ => {
                    let size = match random.below(3) {
                        0 => ViewedSize::Thumbnail,
                        1 => ViewedSize::Medium,
                        _ => ViewedSize::Large,
                    };
                    (size, random.percent(10))
                }
            };
            Picture::new(&mut random, size, is_screen)
        });
        let pictures = pictures.collect();
        let start = Instant::now();
        let mut reader = Reader::new();
        reader.is_clumpy = random.percent(30);
        let loses = random.percent(25);
        Self {
            start,
            ms: 0.0,
            allocator: Allocator::default(),
            pictures,
            capacity,
            jitter: random.fraction() * 0.04,
            voices: VOICE.0 * random.between(1, 3) as f64,
            sender: Sender::new(FIRST, start),
            link: Link {
                longest: 500.0,
                propagation: 10.0 + 50.0 * random.fraction(),
                jitter: 5.0 * random.fraction(),
                loss: f64::from(u8::from(loses)) * 0.02 * random.fraction(),
                ..Link::of(capacity)
            },
            reader,
            missed: vec![],
            credit: REPEATS.0,
            runs_over: 0,
            over: 0,
            longest_over: 0,
            enough: 0.0,
            random,
        }
    }

    /// Lets 100 ms pass, and decides.
    pub(super) fn tick(&mut self) {
        self.link.capacities = vec![(0.0, self.capacity * self.random.around(self.jitter))];
        for _ in 0..100 {
            self.ms += 1.0;
            self.step();
        }
        self.decide();
    }

    pub(super) fn run(&mut self, seconds: u32) {
        for _ in 0..seconds * 10 {
            self.tick();
        }
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_micros((1_000.0 * self.ms) as u64)
    }

    fn step(&mut self) {
        let (ms, now) = (self.ms, self.now());
        let Self {
            random,
            sender,
            link,
            reader,
            missed,
            credit,
            ..
        } = self;
        while let Some((_, reference, packets)) = reader.told(ms) {
            sender.hear(reference, packets, now);
        }
        let mut gone = vec![];
        let mut out = |bytes, freight| gone.push((bytes, freight));
        if ms % VOICE.1 == 0.0 {
            let bytes = self.voices * VOICE.1 / 8_000.0;
            sender.send(bytes as usize, Freight::Sound, now, &mut out);
        }
        for picture in &mut self.pictures {
            for bytes in picture.send(random, ms, now) {
                sender.send(bytes, Freight::Picture, now, &mut out);
            }
        }
        missed.retain(|(at, bytes)| {
            let is_due = *at <= ms;
            if is_due && *credit >= *bytes as f64 {
                *credit -= *bytes as f64;
                sender.send_again(*bytes, now);
            }
            !is_due
        });
        if sender.next().is_some_and(|next| next <= now) {
            sender.pass(now, &mut out);
        }
        for (bytes, freight) in gone {
            let arrived = link.carry(ms, bytes, random);
            if freight == Freight::Picture {
                *credit = REPEATS.0.min(*credit + REPEATS.1 * bytes as f64);
            }
            if arrived.is_none() && matches!(freight, Freight::Picture | Freight::Repeat) {
                let round_trip = sender.round_trip().as_secs_f64() * 1_000.0;
                missed.push((ms + MISSED + round_trip, bytes));
            }
            reader.take(arrived, random);
        }
        reader.report(ms, link.propagation, random);
    }

    fn decide(&mut self) {
        let (ms, now) = (self.ms, self.now());
        let estimate = self.sender.estimate();
        let queued = self.sender.delay(now);
        let demands = self.pictures.iter().enumerate();
        let demands: Vec<Demand<usize>> = demands
            .map(|(key, picture)| picture.demand(key, now))
            .collect();
        let allocation = self
            .allocator
            .allocate(&demands, estimate, self.voices, queued, now);
        self.sender
            .wish_for(allocation.minimum(), allocation.desired);
        let mut flow = 0.0;
        for (decision, demand) in allocation.decisions.into_iter().zip(&demands) {
            let layer = decision.layer.map(|layer| demand.layers[layer.index()]);
            if let Some(Offer::Live { cost }) = layer {
                flow += cost;
            }
            self.pictures[decision.key].obey(decision, &mut self.random, ms, now);
        }
        let is_over = flow > 0.0 && flow + self.voices > estimate;
        self.runs_over = if is_over { self.runs_over + 1 } else { 0 };
        if !is_over {
            self.enough = estimate;
        }
        let has_fallen = estimate < STEADY * self.enough;
        let least = if has_fallen { COLLAPSED } else { BROKEN };
        let is_much = least * (flow + self.voices) > estimate;
        // Before somebody vanishes it is waited for two seconds, unless it is much; and for the second in which a keyframe counts it is
        // waited where the estimate has not fallen.
        let is_left = allocation.is_doubtful && !is_much && self.runs_over <= 22;
        let is_keyframe =
            !has_fallen && COLLAPSED * (flow + self.voices) <= estimate && self.runs_over <= 13;
        let is_patient = is_left || is_keyframe;
        self.over = if is_over && !is_patient {
            self.over + 1
        } else {
            0
        };
        self.longest_over = self.longest_over.max(self.over);
    }

    /// For how long packets wait at the bottleneck.
    pub(super) fn queue(&self) -> f64 {
        self.link.queue(self.ms)
    }

    /// How long a packet takes.
    pub(super) fn packet(&self) -> f64 {
        8_000.0 * 1_200.0 / self.capacity
    }

    /// What the lowest layer of each picture takes, and the voices.
    pub(super) fn lowest(&self) -> f64 {
        let lowest = self.pictures.iter();
        let lowest = lowest.map(|picture| picture.rate(Some(Layer::Quarter)));
        self.voices + lowest.sum::<f64>()
    }

    /// So often a picture had nothing any more.
    pub(super) fn vanished(&self) -> usize {
        self.pictures.iter().map(|picture| picture.vanished).sum()
    }

    /// What is decided takes so much on average, in bits/s.
    pub(super) fn used(&self) -> f64 {
        let taken = self.pictures.iter();
        taken.map(|picture| picture.rate(picture.decided)).sum()
    }

    pub(super) fn is_at_the_top(&self) -> bool {
        let mut pictures = self.pictures.iter();
        pictures.all(|picture| picture.decided == picture.cap())
    }

    /// What the rounds would hand out of this capacity if it were known and nothing ever changed, in bits/s. The noise of the
    /// estimate is left to itself.
    pub(super) fn usable(&self) -> f64 {
        let budget = USABLE * NOISE * self.capacity - VOICES * self.voices;
        let mut order: Vec<&Picture> = self.pictures.iter().collect();
        order.sort_by_key(|picture| (std::cmp::Reverse(picture.size), !picture.is_screen()));
        let mut had: Vec<Option<Layer>> = vec![None; order.len()];
        let (mut known, mut sum) = (0.0, 0.0);
        for _ in 0..3 {
            for (picture, had) in order.iter().zip(&mut had) {
                let mut above = Layer::ALL
                    .into_iter()
                    .filter(|layer| Some(*layer) > *had && Some(*layer) <= picture.cap());
                let next = above.find(|layer| picture.rates[layer.index()].is_some());
                let more = picture.known(next) - picture.known(*had);
                if next.is_some() && known + more <= budget {
                    known += more;
                    sum += picture.rate(next) - picture.rate(*had);
                    *had = next;
                }
            }
        }
        sum
    }
}
