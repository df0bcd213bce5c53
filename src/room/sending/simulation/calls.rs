//! A seeded model of calls over bottlenecks: one shared uplink, one downlink each, senders with or without a congestion
//! control of their own. It measures what people would notice.

use crate::protocol::PeerId;
use crate::random::Random;
use crate::room::quality::entry::LimitationReason;
use crate::room::sending::controller::SendingController;
use crate::room::sending::feedback::PeerFeedback;
use crate::room::sending::loss::Loss;
use crate::room::sending::target::{SendTargets, SendingSettings, VideoTarget};

const TICK_SECONDS: f64 = 0.1;
const TICKS: usize = 20;
/// Packets of a sample's time: of a voice and of a picture that changes little, and bits in each of the others.
const LEAST_PACKETS: u32 = 80;
const PACKET_BITS: f64 = 9_600.0;

/// A queue that drops what does not fit.
#[derive(Clone)]
pub(super) struct Bottleneck {
    pub(super) capacity: f64,
    queued: f64,
    deepest_ms: f64,
}

impl Bottleneck {
    pub(super) fn new(capacity: f64) -> Self {
        Self {
            capacity,
            queued: 0.0,
            deepest_ms: 300.0,
        }
    }

    /// Takes the bits of one tick; returns the share that was dropped.
    fn carry(&mut self, bits: f64) -> f64 {
        let deepest = self.capacity * self.deepest_ms / 1_000.0;
        self.queued += bits - self.capacity * TICK_SECONDS;
        let dropped = (self.queued - deepest).max(0.0);
        self.queued = self.queued.clamp(0.0, deepest);
        if bits > 0.0 {
            (dropped / bits).min(1.0)
        } else {
            0.0
        }
    }

    fn delay_ms(&self) -> f64 {
        self.queued / self.capacity * 1_000.0
    }
}

/// Whether senders obey only our bounds (the hardest case), or also an estimate of their own, as browsers do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Browser {
    Obedient,
    Estimating,
}

/// What is known of losses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reports {
    /// The share of all that was sent, as if there were no end of packets.
    Exact,
    /// The packets that chance took of those there were.
    Counted,
}

struct Flow {
    peer: PeerId,
    downlink: Bottleneck,
    base_delay_ms: f64,
    random_loss: f64,
    rate: f64,
    estimate: f64,
    activity: f64,
}

/// What one sample period looked like.
#[derive(Clone, Debug)]
pub(super) struct Period {
    /// Bits/s allowed to each person.
    pub(super) allowed: Vec<f64>,
    /// Bits/s sent to each person.
    pub(super) sent: Vec<f64>,
    /// Worst loss of anyone.
    pub(super) loss: f64,
    /// Lines sent to each person; 0 when off.
    pub(super) lines: Vec<f64>,
}

impl Period {
    pub(super) fn total_allowed(&self) -> f64 {
        self.allowed.iter().sum()
    }

    pub(super) fn total_sent(&self) -> f64 {
        self.sent.iter().sum()
    }
}

pub(super) struct Simulation {
    pub(super) controller: SendingController,
    pub(super) uplink: Bottleneck,
    flows: Vec<Flow>,
    browser: Browser,
    reports: Reports,
    random: Random,
}

impl Simulation {
    /// `others` people besides us, everyone with a wide downlink.
    pub(super) fn new(seed: u64, capacity: f64, others: usize, browser: Browser) -> Self {
        let mut random = Random::at(seed);
        let flows: Vec<Flow> = (0..others)
            .map(|index| Flow {
                peer: PeerId::new(format!("p{index}")),
                downlink: Bottleneck::new(50_000_000.0),
                base_delay_ms: 10.0 + random.fraction() * 120.0,
                random_loss: random.fraction() * 0.01,
                rate: 100_000.0,
                estimate: 300_000.0,
                activity: 1.0,
            })
            .collect();
        let mut controller = SendingController::new(SendingSettings {
            camera_lines: Some(720),
            ..SendingSettings::default()
        });
        controller.set_peers(flows.iter().map(|flow| flow.peer.clone()));
        Self {
            controller,
            uplink: Bottleneck::new(capacity),
            flows,
            browser,
            reports: Reports::Exact,
            random,
        }
    }

    pub(super) fn set_reports(&mut self, reports: Reports) {
        self.reports = reports;
    }

    pub(super) fn set_downlink(&mut self, index: usize, capacity: f64) {
        self.flows[index].downlink.capacity = capacity;
    }

    pub(super) fn set_random_loss(&mut self, index: usize, loss: f64) {
        self.flows[index].random_loss = loss;
    }

    pub(super) fn set_base_delay(&mut self, index: usize, delay_ms: f64) {
        self.flows[index].base_delay_ms = delay_ms;
    }

    pub(super) fn run(&mut self, periods: usize) -> Vec<Period> {
        (0..periods).map(|_| self.period()).collect()
    }

    fn period(&mut self) -> Period {
        let targets: Vec<SendTargets> = self
            .flows
            .iter()
            .map(|flow| self.controller.targets(&flow.peer).unwrap())
            .collect();
        let mut sent = vec![0.0; self.flows.len()];
        let mut lost = vec![0.0; self.flows.len()];
        for flow in &mut self.flows {
            // Some pictures need fewer bits than they may have.
            flow.activity = (flow.activity + (self.random.fraction() - 0.5) * 0.1).clamp(0.6, 1.0);
        }
        for _ in 0..TICKS {
            self.tick(&targets, &mut sent, &mut lost);
        }
        let queue = self.uplink.delay_ms();
        let mut feedback = Vec::new();
        let mut worst = 0.0_f64;
        for (index, flow) in self.flows.iter().enumerate() {
            let share = if sent[index] > 0.0 {
                lost[index] / sent[index]
            } else {
                0.0
            };
            let loss = match self.reports {
                Reports::Exact => Loss {
                    share,
                    ..Loss::NONE
                },
                Reports::Counted => {
                    let packets = LEAST_PACKETS.max((sent[index] / PACKET_BITS) as u32);
                    let missing = (0..packets).filter(|_| self.random.fraction() < share);
                    Loss {
                        share: missing.count() as f64 / f64::from(packets),
                        packets: f64::from(packets),
                    }
                }
            };
            worst = worst.max(share);
            let allowed = f64::from(targets[index].bitrate());
            let estimating = self.browser == Browser::Estimating;
            let jitter = 3.0 * self.random.fraction();
            feedback.push(PeerFeedback {
                peer: flow.peer.clone(),
                sent_bitrate: Some(sent[index] / (TICKS as f64 * TICK_SECONDS)),
                available_bitrate: estimating.then_some(flow.estimate),
                loss: Some(loss),
                round_trip_ms: Some(flow.base_delay_ms + queue + flow.downlink.delay_ms() + jitter),
                limitation: if estimating && flow.estimate < allowed {
                    LimitationReason::Bandwidth
                } else {
                    LimitationReason::None
                },
            });
        }
        self.controller.observe(&feedback);
        Period {
            allowed: targets
                .iter()
                .map(|target| f64::from(target.bitrate()))
                .collect(),
            sent: feedback
                .iter()
                .filter_map(|figures| figures.sent_bitrate)
                .collect(),
            loss: worst,
            lines: targets
                .iter()
                .map(|target| match target.camera {
                    VideoTarget::Off => 0.0,
                    VideoTarget::On {
                        scale_resolution_down_by,
                        ..
                    } => 720.0 / scale_resolution_down_by,
                })
                .collect(),
        }
    }

    fn tick(&mut self, targets: &[SendTargets], sent: &mut [f64], lost: &mut [f64]) {
        let mut bits = Vec::new();
        for (flow, target) in self.flows.iter_mut().zip(targets) {
            let voice = f64::from(target.microphone.max_bitrate);
            let mut goal = f64::from(target.bitrate()) - voice;
            goal *= flow.activity;
            if self.browser == Browser::Estimating {
                goal = goal.min((flow.estimate - voice).max(0.0));
            }
            flow.rate += (voice + goal - flow.rate) * 0.4;
            bits.push(flow.rate * TICK_SECONDS * self.random.around(0.15));
        }
        let dropped = self.uplink.carry(bits.iter().sum());
        let queue = self.uplink.delay_ms();
        for (index, flow) in self.flows.iter_mut().enumerate() {
            let through = bits[index] * (1.0 - dropped);
            let dropped_behind = flow.downlink.carry(through);
            let luck = flow.random_loss * self.random.around(0.5);
            let loss = 1.0 - (1.0 - dropped) * (1.0 - dropped_behind) * (1.0 - luck);
            sent[index] += bits[index];
            lost[index] += bits[index] * loss;
            let delay = queue + flow.downlink.delay_ms();
            let delivered = bits[index] * (1.0 - loss) / TICK_SECONDS;
            if delay > 60.0 || dropped + dropped_behind > 0.1 {
                flow.estimate = flow.estimate.min(delivered * 0.9).max(30_000.0);
            } else {
                let most = (flow.rate * 1.5 + 10_000.0).max(flow.estimate);
                flow.estimate = (flow.estimate * 1.01).min(most);
            }
        }
    }
}
