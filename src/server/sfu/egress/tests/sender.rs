//! What a receiver's packets go through before they are on the way, without streams and seals: pacer, probes and the line, which work
//! together here as they do in [`Egress`](super::receiver::Egress).

use std::time::{Duration, Instant};

use super::super::line::{Line, Sent};
use super::outgoing_packet::tests::packet;
use super::pacer::{Pacer, Waiting};
use super::probe::RunningProbe;

/// The bytes of what is sent for a probe alone: a packet of late, again.
const PADDING: usize = 1_130;

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::sfu) enum Freight {
    /// It does not wait.
    Sound,
    /// It is of a picture, and sent for the first time.
    Picture,
    /// It is of a picture, and sent again.
    Repeat,
    /// It is sent for a probe alone.
    Padding,
}

/// Sends to one receiver.
pub(in crate::server::sfu) struct Sender {
    line: Line,
    pacer: Pacer,
    probe: Option<RunningProbe>,
    number: u64,
}

impl Sender {
    pub(in crate::server::sfu) fn new(estimate: f64, now: Instant) -> Self {
        let mut pacer = Pacer::new(now);
        pacer.suit(estimate);
        Self {
            line: Line::new(estimate, now),
            pacer,
            probe: None,
            number: 0,
        }
    }

    pub(in crate::server::sfu) fn estimate(&self) -> f64 {
        self.line.estimate()
    }

    pub(in crate::server::sfu) fn round_trip(&self) -> Duration {
        self.line.round_trip().unwrap_or_default()
    }

    pub(in crate::server::sfu) fn wish_for(&mut self, minimum: f64, desired: f64) {
        self.line.wish(minimum, desired);
    }

    pub(in crate::server::sfu) fn delay(&self, now: Instant) -> Duration {
        self.pacer.delay(now)
    }

    /// Sends a packet of so many bytes, or lets it wait. `out` is told of each that goes out.
    pub(in crate::server::sfu) fn send(
        &mut self,
        bytes: usize,
        freight: Freight,
        now: Instant,
        out: &mut impl FnMut(usize, Freight),
    ) {
        let waits =
            freight == Freight::Picture && !(self.pacer.is_empty() && self.pacer.is_free(now));
        match waits {
            true => self.pacer.wait(waiting(bytes, now)),
            false => self.let_out(bytes, freight, now, out),
        }
    }

    /// Sends a packet again that was missed.
    pub(in crate::server::sfu) fn send_again(&mut self, bytes: usize, now: Instant) {
        self.pacer.wait_again(waiting(bytes, now));
    }

    pub(in crate::server::sfu) fn hear(
        &mut self,
        reference: u32,
        packets: Vec<(u16, Option<i64>)>,
        now: Instant,
    ) {
        self.line.heard(reference, packets.into_iter(), now);
        self.pacer.suit(self.line.estimate());
    }

    /// When [`Self::pass`] is needed next.
    pub(in crate::server::sfu) fn next(&self) -> Option<Instant> {
        let probe = match &self.probe {
            Some(probe) => Some(probe.due()),
            None => self.line.next(),
        };
        probe.into_iter().chain(self.pacer.due()).min()
    }

    /// Lets time pass: what waits goes out, as far as its time has come, and probes.
    pub(in crate::server::sfu) fn pass(
        &mut self,
        now: Instant,
        out: &mut impl FnMut(usize, Freight),
    ) {
        while self.pacer.is_free(now)
            && let Some(next) = self.pacer.next(now)
        {
            self.let_out_next(next, now, out);
        }
        if self.probe.is_none() {
            let probe = self.line.pass(now);
            self.probe = probe.map(|probe| RunningProbe::new(probe, now));
        }
        while self.probe.as_mut().is_some_and(|probe| probe.is_short(now)) {
            match self.pacer.next(now) {
                Some(next) => self.let_out_next(next, now, out),
                None => self.let_out(PADDING, Freight::Padding, now, out),
            }
        }
        if self.probe.as_ref().is_some_and(|probe| probe.is_over(now)) {
            self.probe = None;
        }
    }

    fn let_out_next(
        &mut self,
        (waiting, is_repeat): (Waiting, bool),
        now: Instant,
        out: &mut impl FnMut(usize, Freight),
    ) {
        let freight = match is_repeat {
            true => Freight::Repeat,
            false => Freight::Picture,
        };
        self.let_out(waiting.packet.payload.len(), freight, now, out);
    }

    fn let_out(
        &mut self,
        bytes: usize,
        freight: Freight,
        now: Instant,
        out: &mut impl FnMut(usize, Freight),
    ) {
        self.line.sent(Sent {
            number: self.number,
            bytes,
            at: now,
            probe: self.probe.as_ref().map(RunningProbe::id),
        });
        self.number += 1;
        if let Some(probe) = &mut self.probe {
            probe.went(bytes);
        }
        self.pacer.went(bytes);
        out(bytes, freight);
    }
}

fn waiting(bytes: usize, since: Instant) -> Waiting {
    Waiting {
        stream: 0,
        packet: packet(0, bytes),
        since,
    }
}
