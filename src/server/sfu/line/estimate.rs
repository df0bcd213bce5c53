//! The estimate of one receiver's line.
//!
//! Invariant: whatever a receiver says, the estimate stays between [`FLOOR`] and [`CEILING`], and work and memory stay bounded.

use std::time::{Duration, Instant};

use super::busy::Busy;
use super::delay_limit::{DelayLimit, Sight};
use super::flow::Flow;
use super::groups::Groups;
use super::history::{History, Told};
use super::loss_limit::{LossLimit, Verdict};
use super::loss_reports::LossReports;
use super::micros::Micros;
use super::probe::{Probe, ProbeId};
use super::probing::Probing;
use super::queue::Queue;
use super::receiver_clock::ReceiverClock;
use super::silence::Silence;
use super::trend::Trend;
use super::view::{CEILING, View};

/// No line is estimated at less, in bits/s.
const FLOOR: f64 = 30_000.0;

/// The round trip before one was measured, in µs.
const FIRST_ROUND_TRIP: Micros = 150_000;

/// A round trip is one of so many, the smoothed one before it the rest.
const SMOOTHED: Micros = 8;

/// A feedback tells of at most so many packets: that many numbers there are.
const MOST_TOLD: usize = 1 << 16;

/// This part of the estimate is left each time when nothing is heard, …
const SILENT_FALL: f64 = 0.8;

/// … but so many bits/s at least.
const SILENT_LEAST: f64 = 150_000.0;

/// By losses alone it grows up to so many times of what could be used.
const BLIND: f64 = 1.5;

/// A line that lost much is not probed for this long, in µs.
const AFTER_A_LOSS: Micros = 2_000_000;

/// The next time is at least so far ahead, in µs.
const AHEAD: Micros = 5_000;

/// A packet that goes out with a transport-wide number.
#[derive(Clone, Copy, Debug)]
pub(in crate::server::sfu) struct Sent {
    /// The number, which counts up by one and is not wrapped.
    pub(in crate::server::sfu) number: u64,
    /// The bytes of the RTP packet, with its header.
    pub(in crate::server::sfu) bytes: usize,
    /// When it goes out; not before the packet before it.
    pub(in crate::server::sfu) at: Instant,
    /// The probe that it belongs to.
    pub(in crate::server::sfu) probe: Option<ProbeId>,
}

/// The estimate of one receiver's line.
#[derive(Debug)]
pub(in crate::server::sfu) struct Line {
    /// When it began.
    began: Instant,
    /// The latest time that was told.
    now: Micros,
    /// The packets that feedback may tell of.
    history: History,
    /// The receiver's clock.
    clock: ReceiverClock,
    /// What is sent, by our clock.
    sending: Flow,
    /// What arrives, by the receiver's clock.
    arriving: Flow,
    /// What arrives while packets wait.
    busy: Busy,
    /// Packets that were sent at about the same time.
    groups: Groups,
    /// How long packets wait.
    queue: Queue,
    /// Whether they wait for longer and longer.
    trend: Trend,
    /// What the line carries by that.
    by_delay: DelayLimit,
    /// What it carries by what is lost.
    by_loss: LossLimit,
    /// The probes.
    probing: Probing,
    /// What is needed for the next step, in bits/s.
    minimum: f64,
    /// What could be used, in bits/s.
    desired: f64,
    /// From sending to feedback, smoothed, in µs.
    round_trip: Option<Micros>,
    /// Whether the receiver is heard of.
    silence: Silence,
    /// What it reports of its streams, if it gives no transport feedback.
    reports: LossReports,
}

impl Line {
    /// Begins with a first estimate in bits/s.
    pub(in crate::server::sfu) fn new(first: f64, now: Instant) -> Self {
        let first = bounded(first);
        Self {
            began: now,
            now: 0,
            history: History::default(),
            clock: ReceiverClock::default(),
            sending: Flow::default(),
            arriving: Flow::default(),
            busy: Busy::default(),
            groups: Groups::default(),
            queue: Queue::default(),
            trend: Trend::default(),
            by_delay: DelayLimit::new(first),
            by_loss: LossLimit::default(),
            probing: Probing::new(first),
            minimum: 0.0,
            desired: 0.0,
            round_trip: None,
            silence: Silence::default(),
            reports: LossReports::default(),
        }
    }

    /// Takes note of a packet that goes out.
    pub(in crate::server::sfu) fn sent(&mut self, packet: Sent) {
        let at = self.advance(packet.at);
        let bytes = u32::try_from(packet.bytes).unwrap_or(u32::MAX);
        self.history.add(packet.number, at, bytes, packet.probe);
        self.sending.add(bytes, at);
        self.silence.sent(at);
        if let Some(id) = packet.probe
            && let Some(open) = self.probing.open()
            && open.probe.id == id
        {
            open.sent(packet.number, bytes, at);
        }
    }

    /// Takes what a transport feedback says (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1): its reference time, of
    /// which 24 bits count, in 64 ms, and of each packet its number and when it arrived after the reference, in 250 µs; `None` if it
    /// did not. Packets that were never sent, and what was said before, count as nothing.
    pub(in crate::server::sfu) fn heard(
        &mut self,
        reference: u32,
        packets: impl Iterator<Item = (u16, Option<i64>)>,
        now: Instant,
    ) {
        let now = self.advance(now);
        let reference = self.clock.unwrap(reference);
        let mut newest: Option<Micros> = None;
        for (number, ticks) in packets.take(MOST_TOLD) {
            let Some(told) = self.history.tell(number, ticks.is_some()) else {
                continue;
            };
            let arrived = ticks.map(|ticks| ReceiverClock::arrival(reference, ticks));
            self.by_loss.count(arrived.is_some(), told.was_missing);
            if let Some(open) = self.probing.open() {
                open.heard(told, arrived);
            }
            if let Some(arrived) = arrived {
                newest = newest.max(Some(told.sent));
                self.arrived(told, arrived);
            }
        }
        let Some(newest) = newest else {
            return;
        };
        self.silence.heard(now);
        let took = now.saturating_sub(newest);
        let before = self.round_trip.unwrap_or(took);
        self.round_trip = Some(before + (took - before) / SMOOTHED);
        self.look(now);
    }

    /// Takes what a receiver that gives no transport feedback reports: the share of a stream's packets that was lost, 0 to 1.
    pub(in crate::server::sfu) fn lost(&mut self, fraction: f64, now: Instant) {
        let now = self.advance(now);
        if self.silence.is_known(now) {
            return;
        }
        let Some(lost) = self.reports.add(fraction, now) else {
            return;
        };
        let rate = self.by_delay.lasting();
        self.sending.advance(now);
        let sending = self.sending.rate();
        let to = match self.by_loss.judge_report(lost, rate, sending, now) {
            Verdict::Back(before) => before,
            Verdict::Times(factor) if factor > 1.0 => {
                (factor * rate).min(rate.max(BLIND * self.desired))
            }
            Verdict::Times(factor) => factor * rate,
        };
        self.by_delay.set(bounded(to));
    }

    /// From now on the receiver is reached elsewhere: what was lost on the way to where it was tells nothing of the line.
    pub(in crate::server::sfu) fn moved(&mut self) {
        self.history.begin_anew();
        self.by_loss.begin_anew();
    }

    /// Takes what is needed for the next step up, and what would be sent at most; in bits/s.
    pub(in crate::server::sfu) fn wish(&mut self, minimum: f64, desired: f64) {
        let sane = |rate: f64| match rate.is_finite() {
            true => rate.clamp(0.0, CEILING),
            false => 0.0,
        };
        self.minimum = sane(minimum);
        self.desired = sane(desired).max(self.minimum);
        self.probing.wish(&self.view(), self.now);
    }

    /// What the line is estimated to carry, in bits/s.
    pub(in crate::server::sfu) fn estimate(&self) -> f64 {
        let by_delay = self.by_delay.rate();
        bounded(
            self.by_loss
                .most()
                .map_or(by_delay, |most| most.min(by_delay)),
        )
    }

    /// The smoothed time from sending to feedback; the receiver's pause before it gives any is part of it.
    pub(in crate::server::sfu) fn round_trip(&self) -> Option<Duration> {
        let micros = u64::try_from(self.round_trip?).ok()?;
        Some(Duration::from_micros(micros))
    }

    /// Lets time pass: gives a probe that is to be sent now, if one is due. While a probe is unanswered none is given.
    pub(in crate::server::sfu) fn pass(&mut self, now: Instant) -> Option<Probe> {
        let now = self.advance(now);
        self.sending.advance(now);
        self.fall_silent(now);
        self.judge_probe(now);
        self.probing.give(&self.view(), now)
    }

    /// When [`Line::pass`] is needed next: at least 5 ms after the last time that was told. It may change with whatever is told.
    pub(in crate::server::sfu) fn next(&self) -> Option<Instant> {
        let silent = self.silence.due();
        let probe = self.probing.due(&self.view(), self.now);
        let due = silent.into_iter().chain(probe).min()?;
        let due = due.max(self.now.saturating_add(AHEAD));
        self.began
            .checked_add(Duration::from_micros(u64::try_from(due).ok()?))
    }

    /// Counts a packet that arrived then, by the receiver's clock.
    fn arrived(&mut self, told: Told, arrived: Micros) {
        self.arriving.add(told.bytes, arrived);
        let Some(group) = self.groups.add(told.sent, arrived, told.bytes) else {
            return;
        };
        let waiting = self.queue.add(group);
        self.busy.add(group, self.queue.waited(group));
        match waiting {
            Some(waiting) => self.trend.add(group.sent, waiting),
            None => self.trend = Trend::default(),
        }
    }

    /// Draws the conclusions from a feedback.
    fn look(&mut self, now: Micros) {
        let (before, lasting) = (self.estimate(), self.by_delay.lasting());
        self.sending.advance(now);
        let (sending, arriving) = (self.sending.rate(), self.arriving.rate());
        let sight = Sight {
            usage: self.trend.usage(),
            waiting: self.queue.waiting(),
            is_standing: self.queue.is_standing(),
            sending,
            arriving,
            full: self.busy.rate(),
            round_trip: self.view().round_trip,
        };
        self.by_delay.look(sight, now);
        self.by_loss.look(before, sending, arriving, now);
        if self.by_delay.lasting() < lasting {
            self.probing.fall(lasting, now);
        }
        self.judge_probe(now);
    }

    /// Judges the unanswered probe, if it is time.
    fn judge_probe(&mut self, now: Micros) {
        let view = self.view();
        if !self.probing.is_ripe(&view, now) {
            return;
        }
        let Some(answer) = self.probing.judge(&view, self.queue.base(), now) else {
            return;
        };
        let shown = bounded(answer.shown());
        if answer.is_whole {
            self.by_loss.show(shown);
        }
        let filled = (answer.is_whole && answer.is_filling()).then_some(shown);
        self.by_delay.fill(filled);
        // A probe that shows little was disturbed, or the queue tells.
        if shown > self.by_delay.lasting() && !self.by_delay.is_draining() {
            self.by_delay.set(shown);
        }
    }

    /// Lets the estimate fall if nothing is heard.
    fn fall_silent(&mut self, now: Micros) {
        if self.silence.take(now) {
            let rate = self.by_delay.lasting();
            self.probing.fall(rate, now);
            self.by_delay
                .set((SILENT_FALL * rate).max(rate.min(SILENT_LEAST)));
        }
    }

    /// What probes are decided by.
    fn view(&self) -> View {
        View {
            estimate: self.estimate(),
            minimum: self.minimum,
            desired: self.desired,
            waiting: self.queue.waiting(),
            is_full: self.by_delay.is_draining()
                || self
                    .by_loss
                    .fell_after(self.now.saturating_sub(AFTER_A_LOSS)),
            round_trip: self.round_trip.unwrap_or(FIRST_ROUND_TRIP),
        }
    }

    /// Counts a time since the line began; time does not go back.
    fn advance(&mut self, now: Instant) -> Micros {
        let since = now.saturating_duration_since(self.began).as_micros();
        self.now = self.now.max(Micros::try_from(since).unwrap_or(Micros::MAX));
        self.now
    }
}

/// An estimate within what is possible.
fn bounded(rate: f64) -> f64 {
    match rate.is_nan() {
        true => FLOOR,
        false => rate.clamp(FLOOR, CEILING),
    }
}

#[cfg(test)]
#[path = "tests/line.rs"]
mod tests;
