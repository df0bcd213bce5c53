//! Everything that goes out to one receiver besides what the library sends.
//!
//! Invariant: nothing goes out before there are keys, and a packet that goes out is told to all who reckon with it: the line, the
//! pacer, and the probe under way.

use std::time::{Duration, Instant};

use str0m::media::Mid;

use super::super::line::{Line, Sent};
use super::super::rtcp::Report;
use super::super::srtp::{MOST_ADDED, Sealer};
use super::exit::Exit;
use super::kept::Repeat;
use super::nameable::Nameable;
use super::ntp_clock::NtpClock;
use super::outgoing_packet::OutgoingPacket;
use super::pacer::{Pacer, Waiting};
use super::probe::RunningProbe;
use super::stream::{Stamp, Stream, StreamPlan, Written};
use super::tally::Tally;

/// The first report comes so soon: sound and picture of one person are brought together by it.
const FIRST_REPORT: Duration = Duration::from_millis(50);

/// What was missed is not sent again within this time or a round trip, whichever is longer: it may be under way.
const REPEAT_PAUSE: Duration = Duration::from_millis(20);

/// Everything that goes out to one receiver besides what the library sends.
#[derive(Debug)]
pub(in crate::server::sfu) struct Egress {
    /// What goes out is sealed by this; `None` until the handshake is over.
    pub(super) sealer: Option<Sealer>,
    /// The sections in which media goes out.
    pub(super) streams: Vec<Stream>,
    /// What the receiver's line carries.
    pub(super) line: Line,
    /// What waits for its time.
    pub(super) pacer: Pacer,
    /// The probe under way.
    pub(super) probe: Option<RunningProbe>,
    /// The receiver's reports may name so many packets.
    nameable: Nameable,
    /// The next packet has this transport-wide number.
    pub(super) number: u64,
    /// The receiver is told the time by this.
    pub(super) clock: NtpClock,
    /// Reports are due then.
    pub(super) report_at: Option<Instant>,
    /// Padding was last taken so far behind the newest packet.
    pub(super) padded: usize,
    /// What happened to packets.
    tally: Tally,
}

impl Egress {
    /// For a receiver whose line is taken to carry so many bits/s.
    pub(in crate::server::sfu) fn new(estimate: f64, clock: NtpClock, now: Instant) -> Self {
        let mut pacer = Pacer::new(now);
        pacer.suit(estimate);
        Self {
            sealer: None,
            streams: Vec::new(),
            line: Line::new(estimate, now),
            pacer,
            probe: None,
            nameable: Nameable::default(),
            number: 0,
            clock,
            report_at: None,
            padded: 0,
            tally: Tally::default(),
        }
    }

    /// Begins to let packets out, sealed by this.
    pub(in crate::server::sfu) fn open(&mut self, sealer: Sealer) {
        self.sealer = Some(sealer);
    }

    /// Takes what was negotiated. Streams that were there go on, and those that are not among it carry nothing any more. `random` makes the first numbers of new ones' repeats.
    pub(in crate::server::sfu) fn lay_out(
        &mut self,
        plans: impl Iterator<Item = StreamPlan>,
        mut random: impl FnMut() -> u16,
    ) {
        for stream in &mut self.streams {
            stream.is_open = false;
        }
        for plan in plans {
            let mut streams = self.streams.iter_mut();
            match streams.find(|stream| stream.plan.mid == plan.mid) {
                Some(stream) if stream.plan.ssrc == plan.ssrc => {
                    stream.plan = plan;
                    stream.is_open = true;
                }
                Some(stream) => *stream = Stream::new(plan, random()),
                None => self.streams.push(Stream::new(plan, random())),
            }
        }
    }

    /// Lists what was negotiated of each stream.
    pub(in crate::server::sfu) fn plans(&self) -> impl Iterator<Item = &StreamPlan> {
        self.streams.iter().map(|stream| &stream.plan)
    }

    /// How much the line is estimated to carry, in bits/s.
    pub(in crate::server::sfu) fn estimate(&self) -> f64 {
        self.line.estimate()
    }

    /// Says, in bits/s, what is needed for the next step and what would be sent at most.
    pub(in crate::server::sfu) fn wish_for(&mut self, minimum: f64, desired: f64) {
        self.line.wish(minimum, desired);
    }

    /// From now on the receiver is reached elsewhere.
    pub(in crate::server::sfu) fn moved(&mut self) {
        self.line.moved();
    }

    /// How long the oldest picture has waited to be sent.
    pub(in crate::server::sfu) fn delay(&self, now: Instant) -> Duration {
        self.pacer.delay(now)
    }

    /// Gives what happened to packets since it was asked last.
    pub(in crate::server::sfu) fn take_tally(&mut self) -> Tally {
        Tally {
            lost: self.pacer.take_lost(),
            ..std::mem::take(&mut self.tally)
        }
    }

    /// Gives a section whose picture was lost here in part, so that the receiver cannot decode it any more; each once.
    pub(in crate::server::sfu) fn take_lost_picture(&mut self) -> Option<Mid> {
        let stream = self.streams.get(self.pacer.take_broken()?)?;
        Some(stream.plan.mid)
    }

    /// Lets nothing wait any more that is for a section: what it was of is not to be seen now, and holds up the rest.
    pub(in crate::server::sfu) fn cut(&mut self, mid: Mid) {
        if self.pacer.is_empty() {
            return;
        }
        let mut streams = self.streams.iter();
        if let Some(stream) = streams.position(|stream| stream.plan.mid == mid) {
            self.pacer.withdraw(stream);
        }
    }

    /// Sends a packet in a section, or lets it wait for its time.
    pub(in crate::server::sfu) fn send(
        &mut self,
        mid: Mid,
        packet: OutgoingPacket,
        now: Instant,
        exit: &mut impl Exit,
    ) {
        if self.sealer.is_none() {
            return;
        }
        let mut streams = self.streams.iter();
        let Some(stream) = streams.position(|it| it.is_open && it.plan.mid == mid) else {
            return;
        };
        let waits = self.streams[stream].plan.is_picture
            && !(self.pacer.is_empty() && self.pacer.is_free(now));
        let waiting = Waiting {
            stream,
            packet,
            since: now,
        };
        if waits {
            self.pacer.wait(waiting);
        } else {
            self.let_out(waiting, false, now, exit);
        }
    }

    /// Takes what the receiver reports. Gives the section whose picture it cannot decode any more.
    pub(in crate::server::sfu) fn hear(&mut self, report: Report<'_>, now: Instant) -> Option<Mid> {
        match report {
            Report::PictureLost { ssrc } => {
                let stream = self.stream_of(ssrc)?;
                return Some(self.streams[stream].plan.mid);
            }
            Report::Missing { ssrc, numbers } => {
                let stream = self.stream_of(ssrc)?;
                let pause = self.line.round_trip().unwrap_or_default();
                let pause = pause.max(REPEAT_PAUSE);
                let mut is_lost = false;
                if self.streams[stream].is_repairable() {
                    for number in self.nameable.limit(numbers) {
                        self.tally.missed += 1;
                        match self.streams[stream].kept.again(number, pause, now) {
                            Repeat::Packet(packet) => self.pacer.wait_again(Waiting {
                                stream,
                                packet,
                                since: now,
                            }),
                            Repeat::TooLate => is_lost = true,
                            Repeat::NotNow => {}
                        }
                    }
                }
                return is_lost.then(|| self.streams[stream].plan.mid);
            }
            Report::Transport(feedback) => {
                let packets = self.nameable.limit(feedback.packets());
                self.line.heard(feedback.reference(), packets, now);
                self.pacer.suit(self.line.estimate());
            }
            Report::Reception { ssrc, lost, .. } => {
                let stream = self.stream_of(ssrc)?;
                self.streams[stream].is_bound = true;
                // While the receiver gives feedback on the transport, the line knows better.
                self.line.lost(lost, now);
                self.pacer.suit(self.line.estimate());
            }
        }
        None
    }

    fn stream_of(&self, ssrc: u32) -> Option<usize> {
        let mut streams = self.streams.iter();
        streams.position(|stream| stream.plan.ssrc == ssrc)
    }

    /// Says when [`Self::pass`] is needed next.
    pub(in crate::server::sfu) fn next(&self) -> Option<Instant> {
        self.sealer.as_ref()?;
        let probe = match &self.probe {
            Some(probe) => Some(probe.due()),
            None if self.can_probe() => self.line.next(),
            None => None,
        };
        let all = [probe, self.pacer.due(), self.report_at];
        all.into_iter().flatten().min()
    }

    /// Lets time pass: what waits goes out, as far as its time has come.
    pub(in crate::server::sfu) fn pass(&mut self, now: Instant, exit: &mut impl Exit) {
        if self.sealer.is_none() {
            return;
        }
        if self.report_at.is_some_and(|at| at <= now) {
            self.report(now, exit);
        }
        while self.pacer.is_free(now)
            && let Some((waiting, is_repeat)) = self.pacer.next(now)
        {
            self.let_out(waiting, is_repeat, now, exit);
        }
        self.probe(now, exit);
    }
    /// Lets a packet out.
    pub(super) fn let_out(
        &mut self,
        waiting: Waiting,
        is_repeat: bool,
        now: Instant,
        exit: &mut impl Exit,
    ) {
        let Waiting {
            stream,
            packet,
            since,
        } = waiting;
        let is_out = self.write(
            stream,
            now,
            exit,
            |stream, stamp, datagram| match is_repeat {
                true => stream.write_repeat(&packet, stamp, datagram),
                false => stream.write_first(&packet, stamp, since, datagram),
            },
        );
        self.tally.repeated += u64::from(is_out && is_repeat);
        if let Some(stream) = self.streams.get_mut(stream)
            && is_out
            && !is_repeat
            && stream.is_repairable()
        {
            stream.kept.keep(packet, now);
        }
        if self.report_at.is_none() {
            self.report_at = Some(now + FIRST_REPORT);
        }
    }

    /// Writes a packet of a stream, seals and sends it. `false` when it was not to be written.
    pub(super) fn write(
        &mut self,
        stream: usize,
        now: Instant,
        exit: &mut impl Exit,
        write: impl FnOnce(&mut Stream, Stamp, &mut Vec<u8>) -> Option<Written>,
    ) -> bool {
        let (Some(stream), Some(sealer)) = (self.streams.get_mut(stream), &mut self.sealer) else {
            return false;
        };
        let transport = stream.is_numbered().then_some(self.number);
        let mut datagram = exit.datagram();
        let Some(written) = write(stream, Stamp { transport }, &mut datagram) else {
            return false;
        };
        let Written {
            header,
            ssrc,
            index,
        } = written;
        datagram.reserve(MOST_ADDED);
        if sealer.seal_rtp(&mut datagram, header, ssrc, index).is_err() {
            return false;
        }
        let bytes = datagram.len();
        if let Some(number) = transport {
            self.number += 1;
            self.line.sent(Sent {
                number,
                bytes,
                at: now,
                probe: self.probe.as_ref().map(RunningProbe::id),
            });
            if let Some(probe) = &mut self.probe {
                probe.went(bytes);
            }
        }
        self.nameable.sent();
        self.pacer.went(bytes);
        exit.send(datagram);
        true
    }
}

#[cfg(test)]
#[path = "tests/receiver.rs"]
mod tests;
