//! Seeded stories of one subscriber of nine pictures behind a bottleneck, with a plain model of the estimator.

use Layer::{Full, Half, Quarter};

use super::super::demand::{Decision, Offer};
use super::super::layer_meter::LayerMeter;
use super::super::wanted_layers::WantedLayers;
use super::*;
use crate::protocol::sfu::Layer;
use crate::random::{Random, seeds};

const TICK: Duration = Duration::from_millis(100);
const SECONDS: f64 = 0.1;
const PICTURES: usize = 9;

/// What is not more than this share of the capacity fits for sure: both the estimate and the pictures go up and down by a
/// twentieth.
const NOISE: f64 = 0.9;

/// The estimator's pacer sends at most so many times the estimate.
const PACING: f64 = 1.1;

/// One publisher's picture, and the subscriber's slot for it.
struct Picture {
    size: ViewedSize,
    is_screen: bool,
    /// What each layer takes on average, in bits/s; `None` where there is no such layer.
    rates: [Option<f64>; 3],
    /// What it takes now, as a share of that.
    motion: f64,
    meters: [LayerMeter; 3],
    wanted: WantedLayers,
    /// For how many ticks each layer has been wanted.
    on: [u32; 3],
    /// What the slot forwards, and what it waits for a keyframe of, with the ticks until then.
    carried: Option<Layer>,
    switching: Option<(Option<Layer>, u64)>,
    /// What was decided last.
    decided: Option<Layer>,
    switches: usize,
}

struct Call {
    random: Random,
    now: Instant,
    allocator: Allocator<usize>,
    pictures: Vec<Picture>,
    capacity: f64,
    jitter: f64,
    voices: f64,
    estimate: f64,
    lag: f64,
    sent: f64,
    minimum: f64,
    /// The bits that wait in the pacer, and those that wait at the bottleneck.
    pacer: f64,
    bottleneck: f64,
    ticks_since_drop: u32,
    /// For how many ticks more has been decided than was estimated, and the longest such time.
    over: u32,
    longest_over: u32,
    /// The last estimate that was not less than what was decided.
    enough: f64,
}

fn nominal(is_screen: bool, layer: Layer) -> Option<f64> {
    match (is_screen, layer) {
        (false, Quarter) => Some(150_000.0),
        (false, Half) => Some(500_000.0),
        (false, Full) => Some(1_700_000.0),
        (true, Quarter) => Some(200_000.0),
        (true, Half) => None,
        (true, Full) => Some(2_500_000.0),
    }
}

impl Picture {
    fn new(random: &mut Random, size: ViewedSize, is_screen: bool) -> Self {
        let share = random.around(0.35);
        Self {
            size,
            is_screen,
            rates: Layer::ALL.map(|layer| nominal(is_screen, layer).map(|rate| rate * share)),
            motion: 1.0,
            meters: std::array::from_fn(|_| LayerMeter::of_a_camera()),
            wanted: WantedLayers::default(),
            on: [0; 3],
            carried: None,
            switching: None,
            decided: None,
            switches: 0,
        }
    }

    fn rate(&self, layer: Option<Layer>) -> f64 {
        let rate = layer.and_then(|layer| self.rates[layer.index()]);
        rate.unwrap_or(0.0)
    }

    /// What a layer takes as far as one can know, in bits/s: of one that is off, what such layers usually take.
    fn known(&self, layer: Option<Layer>) -> f64 {
        let is_off = |layer: &Layer| self.on[layer.index()] == 0;
        let usual = layer.filter(is_off);
        let usual = usual.and_then(|layer| nominal(self.is_screen, layer));
        usual.unwrap_or(0.0).max(1.05 * self.rate(layer))
    }

    /// What the publisher sends in a tick, and what the slot forwards of it, in bits.
    fn send(&mut self, random: &mut Random, now: Instant) -> f64 {
        self.motion += (1.0 - self.motion) * 0.1 + (random.fraction() - 0.5) * 0.06;
        let wanted: Vec<Layer> = self.wanted.layers().collect();
        for layer in Layer::ALL {
            let on = &mut self.on[layer.index()];
            *on = if wanted.contains(&layer) { *on + 1 } else { 0 };
            // An encoder needs a moment to begin.
            if *on > 3 {
                let bits = self.rate(Some(layer)) * self.motion * SECONDS;
                for packet in 0..5 {
                    let at = now - TICK + Duration::from_millis(20) * packet;
                    self.meters[layer.index()].add((bits / 8.0 / 5.0) as usize, at);
                }
            }
        }
        let mut bits = self.rate(self.carried) * self.motion * SECONDS;
        self.switching = match self.switching {
            Some((layer, 0)) => {
                self.carried = layer;
                bits = self.rate(layer) * 0.3;
                None
            }
            other => other.map(|(layer, ticks)| (layer, ticks - 1)),
        };
        bits
    }

    fn demand(&self, key: usize, now: Instant) -> Demand<usize> {
        let offer = |layer: Layer| {
            let Some(nominal) = nominal(self.is_screen, layer) else {
                return Offer::Absent;
            };
            let meter = &self.meters[layer.index()];
            let cost = meter.cost(now);
            match (meter.is_live(now), meter.is_settled(now)) {
                (false, _) => Offer::Off { nominal },
                (true, false) => Offer::Live {
                    cost: cost.max(nominal),
                },
                (true, true) => Offer::Live { cost },
            }
        };
        Demand {
            key,
            size: self.size,
            is_screen: self.is_screen,
            layers: Layer::ALL.map(offer),
        }
    }

    fn obey(&mut self, decision: Decision<usize>, random: &mut Random, now: Instant) {
        let Decision { layer, ask, .. } = decision;
        let wanted: Vec<Layer> = layer.into_iter().chain(ask).collect();
        self.wanted.want(&wanted, Some(Quarter), now);
        if layer != self.decided {
            // The first picture is no switch of one.
            self.switches += usize::from(self.decided.is_some());
            self.decided = layer;
            self.switching = Some((layer, random.between(0, 3)));
            if layer.is_none() || decision.stop_first {
                self.carried = None;
            }
        }
    }
}

impl Call {
    fn new(seed: u64, capacity: f64) -> Self {
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
        Self {
            now: Instant::now(),
            allocator: Allocator::default(),
            pictures,
            capacity,
            jitter: random.fraction() * 0.04,
            voices: 40_000.0 * random.between(1, 3) as f64,
            estimate: 800_000.0,
            lag: 0.5 + random.fraction() * 0.5,
            sent: 0.0,
            minimum: 0.0,
            pacer: 0.0,
            bottleneck: 0.0,
            ticks_since_drop: 0,
            over: 0,
            longest_over: 0,
            enough: 0.0,
            random,
        }
    }

    fn tick(&mut self) {
        self.now += TICK;
        for picture in &mut self.pictures {
            self.pacer += picture.send(&mut self.random, self.now);
        }
        self.pacer += self.voices * SECONDS;
        let paced = self.pacer.min(PACING * self.estimate * SECONDS);
        self.pacer -= paced;
        // What has waited for too long is thrown away.
        if self.pacer > self.estimate * 0.5 {
            self.pacer = 0.0;
        }
        let padding = self.minimum.min(self.estimate) * SECONDS - paced;
        // While packets wait, here or there, there is none.
        let is_none = self.pacer > 0.0 || self.is_overused();
        let padding = if is_none { 0.0 } else { padding.max(0.0) };
        let sent = (paced + padding) / SECONDS;
        self.sent += (sent - self.sent) * 0.4;
        self.follow(sent);
        let reported = self.estimate * self.random.around(0.05);
        let queued = Duration::from_secs_f64(self.pacer / (PACING * self.estimate));

        let demands = self.pictures.iter().enumerate();
        let demands: Vec<Demand<usize>> = demands
            .map(|(key, picture)| picture.demand(key, self.now))
            .collect();
        let allocation = self
            .allocator
            .allocate(&demands, reported, self.voices, queued, self.now);
        self.minimum = allocation.minimum();
        let mut flow = 0.0;
        for (decision, demand) in allocation.decisions.into_iter().zip(&demands) {
            let layer = decision.layer.map(|layer| demand.layers[layer.index()]);
            if let Some(Offer::Live { cost }) = layer {
                flow += cost;
            }
            self.pictures[decision.key].obey(decision, &mut self.random, self.now);
        }
        let is_over = flow > 0.0 && flow + self.voices > reported;
        self.over = if is_over { self.over + 1 } else { 0 };
        if !is_over {
            self.enough = reported;
        }
        // Before somebody vanishes it is waited for two seconds, unless it is much: where the estimate fell, or hardly anything is left.
        // Reports of one estimate differ by a tenth.
        let has_fallen = reported < 0.9 * STEADY * self.enough;
        let least = if has_fallen { COLLAPSED } else { BROKEN };
        let is_left = self.over <= 22 && allocation.is_doubtful || self.over <= 13 && !has_fallen;
        if !is_left || least * (flow + self.voices) > reported {
            self.longest_over = self.longest_over.max(self.over);
        }
    }

    /// The estimator follows what is sent and what gets through, and drops when a queue builds up.
    fn follow(&mut self, sent: f64) {
        let capacity = self.capacity * self.random.around(self.jitter);
        self.bottleneck = (self.bottleneck + (sent - capacity) * SECONDS).max(0.0);
        // What does not fit into the buffer is lost.
        self.bottleneck = self.bottleneck.min(capacity * 0.5);
        self.ticks_since_drop += 1;
        let is_overused = self.is_overused();
        if is_overused && self.ticks_since_drop >= 3 {
            self.ticks_since_drop = 0;
            self.estimate = self.estimate.min(0.9 * capacity);
        } else if !is_overused {
            let target = capacity.min(1.5 * self.sent + 10_000.0);
            self.estimate += (target - self.estimate) * SECONDS / self.lag;
        }
    }

    fn is_overused(&self) -> bool {
        self.bottleneck > self.capacity * 0.08
    }

    fn run(&mut self, seconds: u32) {
        for _ in 0..seconds * 10 {
            self.tick();
        }
    }

    /// What is decided takes so much on average, in bits/s.
    fn used(&self) -> f64 {
        let taken = self.pictures.iter();
        taken.map(|picture| picture.rate(picture.decided)).sum()
    }

    fn is_at_the_top(&self) -> bool {
        let mut pictures = self.pictures.iter();
        pictures.all(|picture| picture.decided == picture.cap())
    }

    /// What the rounds would hand out of this capacity if it were known and nothing ever changed, in bits/s. The noise of the
    /// estimate is left to itself.
    fn usable(&self) -> f64 {
        let budget = USABLE * NOISE * self.capacity - VOICES * self.voices;
        let mut order: Vec<&Picture> = self.pictures.iter().collect();
        order.sort_by_key(|picture| (std::cmp::Reverse(picture.size), !picture.is_screen));
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

impl Picture {
    fn cap(&self) -> Option<Layer> {
        let enough = match self.size {
            ViewedSize::Hidden => return None,
            ViewedSize::Thumbnail => Quarter,
            ViewedSize::Medium => Half,
            ViewedSize::Large => Full,
        };
        let mut there = Layer::ALL.into_iter().rev();
        there.find(|layer| *layer <= enough && self.rates[layer.index()].is_some())
    }
}

/// Between 100 kbit/s and 10 Mbit/s.
fn some_capacity(random: &mut Random) -> f64 {
    100_000.0 * 100.0_f64.powf(random.fraction())
}

fn report(broken: &[String]) {
    assert!(broken.is_empty(), "{} broken: {broken:#?}", broken.len());
}

#[test]
fn at_a_steady_capacity_it_is_calm_and_well_used() {
    let mut broken = vec![];
    for seed in seeds(200) {
        let capacity = some_capacity(&mut Random::new(!seed));
        let mut call = Call::new(seed, capacity);
        call.run(40);
        let before: Vec<usize> = call.pictures.iter().map(|one| one.switches).collect();
        let (mut used, mut usable) = (0.0, 0.0);
        let seconds = 60;
        for _ in 0..seconds {
            call.run(1);
            used += call.used();
            usable += if call.is_at_the_top() {
                call.used()
            } else {
                call.usable()
            };
        }
        let about = format!("seed {seed}, {} kbit/s", (capacity / 1_000.0) as u32);
        let switches = call.pictures.iter().zip(before);
        let most = switches.map(|(one, before)| one.switches - before).max();
        if most > Some(seconds / 10) {
            broken.push(format!(
                "{about}: {most:?} switches of a picture in a minute"
            ));
        }
        if used < 0.85 * usable {
            broken.push(format!(
                "{about}: {} % used",
                (100.0 * used / usable) as u32
            ));
        }
        if call.longest_over > 4 {
            broken.push(format!(
                "{about}: over the estimate for {} runs",
                call.longest_over
            ));
        }
    }
    report(&broken);
}

#[test]
fn from_300_kbit_to_3_mbit_it_takes_at_most_eight_seconds() {
    let mut broken = vec![];
    for seed in seeds(200) {
        let mut call = Call::new(seed, 300_000.0);
        call.run(30);
        call.capacity = 3_000_000.0;
        let mut ticks = 0;
        while ticks < 300 && call.used() < 0.85 * call.usable() && !call.is_at_the_top() {
            call.tick();
            ticks += 1;
        }
        if ticks > 80 {
            broken.push(format!("seed {seed}: {ticks} runs"));
        }
        if call.longest_over > 4 {
            broken.push(format!("seed {seed}: over for {} runs", call.longest_over));
        }
    }
    report(&broken);
}

#[test]
fn whatever_the_capacity_does_no_more_than_the_estimate_flows_for_long() {
    let mut broken = vec![];
    for seed in seeds(200) {
        let mut random = Random::new(!seed);
        let capacity = some_capacity(&mut random);
        let mut call = Call::new(seed, capacity);
        let mut waiting = 0_u32;
        for _ in 0..8 {
            call.capacity = some_capacity(&mut random);
            let seconds = random.between(3, 16) as u32;
            for tick in 0..seconds * 10 {
                call.tick();
                // Two seconds after a change, no queue stands.
                waiting += u32::from(tick > 20 && call.bottleneck > call.capacity * 0.3);
            }
        }
        if call.longest_over > 4 {
            broken.push(format!("seed {seed}: over for {} runs", call.longest_over));
        }
        if waiting > 30 {
            let at = call.capacity;
            broken.push(format!(
                "seed {seed}: a queue for {waiting} runs, {at} at last"
            ));
        }
    }
    report(&broken);
}
