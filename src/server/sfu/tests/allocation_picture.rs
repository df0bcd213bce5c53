//! One publisher's picture, as it is encoded in layers and sent in packets, and the subscriber's slot for it.

use Layer::{Full, Half, Quarter};

use super::super::demand::{Decision, Offer};
use super::super::layer_meter::LayerMeter;
use super::super::wanted_layers::WantedLayers;
use super::*;
use crate::protocol::sfu::Layer;
use crate::random::Random;

/// The payload of a packet.
const PAYLOAD: f64 = 1_100.0;

/// Headers, and what seals a packet.
const HEADERS: usize = 40;

/// A camera's frames are so far apart, in ms, and a screen's.
const FRAMES: (f64, f64) = (33.0, 100.0);

/// A keyframe takes as much as is sent otherwise in this time, in s.
const KEYFRAME: f64 = 0.3;

/// Of so many frames one is a keyframe that another subscriber asked for.
const OTHERS_KEYFRAMES: u64 = 900;

/// A publisher sends what it has at once so many times as fast as it sends on average.
const PACED: f64 = 2.5;

/// An encoder needs a moment to begin, in ms.
const BEGINNING: f64 = 300.0;

/// A packet on its way to the SFU.
struct Packet {
    at: f64,
    layer: Layer,
    bytes: usize,
    /// It is the first of a keyframe.
    is_key: bool,
}

/// One publisher's picture, and the subscriber's slot for it. Times are in ms.
pub(super) struct Picture {
    pub(super) size: ViewedSize,
    is_screen: bool,
    /// What each layer takes on average, in bits/s; `None` where there is no such layer.
    pub(super) rates: [Option<f64>; 3],
    /// What it takes now, as a share of that.
    motion: f64,
    meters: [LayerMeter; 3],
    wanted: WantedLayers,
    /// Since when each layer has been wanted.
    on: [Option<f64>; 3],
    /// The next frame, and what is under way of those before, in no order.
    next_frame: f64,
    under_way: Vec<Packet>,
    /// When the publisher hears that keyframes are asked for.
    asked: [Option<f64>; 3],
    /// What the slot forwards, and what it waits for a keyframe of.
    carried: Option<Layer>,
    switching: Option<Layer>,
    /// What was decided last.
    pub(super) decided: Option<Layer>,
    pub(super) switches: usize,
    /// So often there was nothing of it any more.
    pub(super) vanished: usize,
}

pub(super) fn nominal(is_screen: bool, layer: Layer) -> Option<f64> {
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
    pub(super) fn new(random: &mut Random, size: ViewedSize, is_screen: bool) -> Self {
        let share = random.around(0.35);
        Self {
            size,
            is_screen,
            rates: Layer::ALL.map(|layer| nominal(is_screen, layer).map(|rate| rate * share)),
            motion: 1.0,
            meters: std::array::from_fn(|_| LayerMeter::of_a_camera()),
            wanted: WantedLayers::default(),
            on: [None; 3],
            next_frame: 33.0 * random.fraction(),
            under_way: vec![],
            asked: [None; 3],
            carried: None,
            switching: None,
            decided: None,
            switches: 0,
            vanished: 0,
        }
    }

    pub(super) fn is_screen(&self) -> bool {
        self.is_screen
    }

    /// What a layer takes on average, in bits/s.
    pub(super) fn rate(&self, layer: Option<Layer>) -> f64 {
        let rate = layer.and_then(|layer| self.rates[layer.index()]);
        rate.unwrap_or(0.0)
    }

    /// What a layer takes as far as one can know, in bits/s: of one that is off, what such layers usually take.
    pub(super) fn known(&self, layer: Option<Layer>) -> f64 {
        let is_off = |layer: &Layer| self.on[layer.index()].is_none();
        let usual = layer.filter(is_off);
        let usual = usual.and_then(|layer| nominal(self.is_screen, layer));
        usual.unwrap_or(0.0).max(1.05 * self.rate(layer))
    }

    /// The best layer for its size.
    pub(super) fn cap(&self) -> Option<Layer> {
        let enough = match self.size {
            ViewedSize::Hidden => return None,
            ViewedSize::Thumbnail => Quarter,
            ViewedSize::Medium => Half,
            ViewedSize::Large => Full,
        };
        let mut there = Layer::ALL.into_iter().rev();
        there.find(|layer| *layer <= enough && self.rates[layer.index()].is_some())
    }

    /// Lets the publisher send; gives the bytes of the packets that the slot forwards at that time.
    pub(super) fn send(&mut self, random: &mut Random, ms: f64, now: Instant) -> Vec<usize> {
        if ms >= self.next_frame {
            self.encode(random, ms);
        }
        if !self.under_way.iter().any(|packet| packet.at <= ms) {
            return vec![];
        }
        let mut forwarded = vec![];
        let (due, later) = std::mem::take(&mut self.under_way)
            .into_iter()
            .partition(|packet| packet.at <= ms);
        self.under_way = later;
        let due: Vec<Packet> = due;
        for packet in due {
            self.meters[packet.layer.index()].add(packet.bytes, now);
            if packet.is_key && self.switching == Some(packet.layer) {
                self.carried = self.switching.take();
            }
            if self.carried == Some(packet.layer) {
                forwarded.push(packet.bytes + HEADERS);
            }
        }
        forwarded
    }

    /// Makes a frame of each layer.
    fn encode(&mut self, random: &mut Random, ms: f64) {
        let interval = if self.is_screen { FRAMES.1 } else { FRAMES.0 };
        self.next_frame += interval;
        self.motion += (1.0 - self.motion) * 0.035 + (random.fraction() - 0.5) * 0.035;
        let all: f64 = self.rates.iter().flatten().sum();
        let mut at = ms;
        for layer in Layer::ALL {
            let (Some(rate), Some(since)) = (self.rates[layer.index()], self.on[layer.index()])
            else {
                continue;
            };
            if ms < since + BEGINNING {
                continue;
            }
            let asked = &mut self.asked[layer.index()];
            let is_first = ms - since - BEGINNING < interval;
            let is_others = random.below(OTHERS_KEYFRAMES) == 0;
            let is_key = is_first || is_others || asked.is_some_and(|asked| asked <= ms);
            if is_key {
                *asked = None;
            }
            let seconds = match is_key {
                true => KEYFRAME,
                false => interval / 1_000.0 * random.around(0.3),
            };
            let mut bytes = rate * self.motion * seconds / 8.0;
            let mut is_key = is_key;
            while bytes > 0.0 {
                let packet = bytes.min(PAYLOAD);
                bytes -= packet;
                self.under_way.push(Packet {
                    at,
                    layer,
                    bytes: packet as usize,
                    is_key,
                });
                at += 8_000.0 * packet / (PACED * all);
                is_key = false;
            }
        }
    }

    pub(super) fn demand(&self, key: usize, now: Instant) -> Demand<usize> {
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

    pub(super) fn obey(
        &mut self,
        decision: Decision<usize>,
        random: &mut Random,
        ms: f64,
        now: Instant,
    ) {
        let Decision { layer, ask, .. } = decision;
        let wanted: Vec<Layer> = layer.into_iter().chain(ask).collect();
        self.wanted.want(&wanted, Some(Quarter), now);
        for layer in Layer::ALL {
            let on = &mut self.on[layer.index()];
            let is_wanted = self.wanted.layers().any(|wanted| wanted == layer);
            *on = is_wanted.then(|| on.unwrap_or(ms));
        }
        if layer != self.decided {
            // The first picture is no switch of one.
            self.switches += usize::from(self.decided.is_some());
            self.vanished += usize::from(layer.is_none());
            self.decided = layer;
            self.switching = layer.filter(|_| layer != self.carried);
            if let Some(layer) = layer {
                self.asked[layer.index()] = Some(ms + 20.0 + 60.0 * random.fraction());
            }
            if layer.is_none() || decision.stop_first {
                self.carried = None;
            }
        }
    }
}
