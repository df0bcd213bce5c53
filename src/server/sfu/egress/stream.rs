//! One outgoing RTP stream: a section in which somebody's sound or picture goes to a receiver, and its repeats (RFC 4588).
//!
//! Invariant: what is written has the numbers of one stream, whoever it is of, and each number goes out once.

use std::time::{Duration, Instant};

use str0m::media::Mid;

use super::super::rtcp::SenderReport;
use super::header::{ExtensionIds, Extensions, Header, low};
use super::kept::Kept;
use super::outgoing_packet::OutgoingPacket;
use super::sent_window::SentWindow;

/// The numbers of repeats begin in the lower half: a receiver expects a stream to begin before its first rollover.
const START_BITS: u16 = 0x7fff;

/// A packet of padding has so many octets of it; the last one says how many.
pub(super) const PADDING: u8 = 224;

/// A format of RTP payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::sfu) struct Format {
    /// Packets of it are known by this.
    pub(in crate::server::sfu) payload_type: u8,
    /// Repeats of it are known by this.
    pub(in crate::server::sfu) repair: Option<u8>,
    /// Its clock has so many ticks in a second.
    pub(in crate::server::sfu) clock: u32,
}

/// What was negotiated for a stream.
#[derive(Clone, Debug)]
pub(in crate::server::sfu) struct StreamPlan {
    /// It goes out in this section.
    pub(in crate::server::sfu) mid: Mid,
    /// It is known by this.
    pub(in crate::server::sfu) ssrc: u32,
    /// Its repeats are known by this.
    pub(in crate::server::sfu) repair: Option<u32>,
    /// The name of its source (RFC 7022).
    pub(in crate::server::sfu) cname: String,
    /// Its packets have this format; `None` where the receiver does not take it.
    pub(in crate::server::sfu) format: Option<Format>,
    /// The receiver gave these ids to its extensions.
    pub(in crate::server::sfu) ids: ExtensionIds,
    /// The packets are pictures'.
    pub(in crate::server::sfu) is_picture: bool,
}

/// A packet that was written and is to be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// The header has so many octets.
    pub(super) header: usize,
    /// The stream.
    pub(super) ssrc: u32,
    /// The extended sequence number.
    pub(super) index: u64,
}

/// What a packet carries besides what it is of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stamp {
    /// The transport-wide number, if the receiver asked for them.
    pub(super) transport: Option<u64>,
}

/// A stream.
#[derive(Debug)]
pub(super) struct Stream {
    /// What was negotiated.
    pub(super) plan: StreamPlan,
    /// What was sent and may be sent again.
    pub(super) kept: Kept,
    /// Which numbers went out.
    window: SentWindow,
    /// The next repeat has this extended sequence number.
    repeat: u64,
    /// The receiver has told what it heard of the stream, so that it knows the section.
    pub(super) is_bound: bool,
    /// The last offer has the section.
    pub(super) is_open: bool,
    /// The newest packet has this number and this timestamp, and came then.
    newest: Option<(u64, u32, Instant)>,
    /// So many packets went out, as sender reports count.
    packets: u32,
    /// Their payloads have so many octets.
    octets: u32,
    /// Something went out since the last sender report.
    pub(super) is_unreported: bool,
}

impl Stream {
    /// A stream of which nothing was sent. `random` makes the number of the first repeat.
    pub(super) fn new(plan: StreamPlan, random: u16) -> Self {
        Self {
            plan,
            kept: Kept::default(),
            window: SentWindow::default(),
            repeat: u64::from(random & START_BITS),
            is_bound: false,
            is_open: true,
            newest: None,
            packets: 0,
            octets: 0,
            is_unreported: false,
        }
    }

    /// Says whether packets get transport-wide numbers.
    pub(super) fn is_numbered(&self) -> bool {
        self.plan.ids.transport.is_some()
    }

    /// Says whether what was sent can be sent again.
    pub(super) fn is_repairable(&self) -> bool {
        let format = self.plan.format.and_then(|format| format.repair);
        self.plan.repair.is_some() && format.is_some()
    }

    /// Writes a packet that was not sent before, and came `at` this time. `None` when one of its number was sent, or may have been.
    pub(super) fn write_first(
        &mut self,
        packet: &OutgoingPacket,
        stamp: Stamp,
        at: Instant,
        datagram: &mut Vec<u8>,
    ) -> Option<Written> {
        let format = self.plan.format?;
        if !self.window.admit(packet.sequence) {
            return None;
        }
        let header = Header {
            payload_type: format.payload_type,
            is_marked: packet.is_marked,
            has_padding: false,
            sequence: low(packet.sequence),
            timestamp: packet.timestamp,
            ssrc: self.plan.ssrc,
        };
        self.write_header(header, packet.level, packet.orientation, stamp, datagram);
        let header = datagram.len();
        packet.write_payload(datagram);
        self.packets = self.packets.wrapping_add(1);
        let octets = u32::try_from(packet.payload.len()).unwrap_or(u32::MAX);
        self.octets = self.octets.wrapping_add(octets);
        self.is_unreported = true;
        let is_newest = self.newest.is_none_or(|newest| newest.0 < packet.sequence);
        if is_newest {
            self.newest = Some((packet.sequence, packet.timestamp, at));
        }
        Some(Written {
            header,
            ssrc: self.plan.ssrc,
            index: packet.sequence,
        })
    }

    /// Writes a packet again, as a repeat.
    pub(super) fn write_repeat(
        &mut self,
        packet: &OutgoingPacket,
        stamp: Stamp,
        datagram: &mut Vec<u8>,
    ) -> Option<Written> {
        let written =
            self.begin_repeat(packet.timestamp, packet.is_marked, false, stamp, datagram)?;
        datagram.extend(low(packet.sequence).to_be_bytes());
        packet.write_payload(datagram);
        Some(written)
    }

    /// Writes a packet of padding among the repeats.
    pub(super) fn write_padding(
        &mut self,
        stamp: Stamp,
        datagram: &mut Vec<u8>,
    ) -> Option<Written> {
        let timestamp = self.newest.map_or(0, |newest| newest.1);
        let written = self.begin_repeat(timestamp, false, true, stamp, datagram)?;
        datagram.resize(datagram.len() + usize::from(PADDING) - 1, 0);
        datagram.push(PADDING);
        Some(written)
    }

    fn begin_repeat(
        &mut self,
        timestamp: u32,
        is_marked: bool,
        has_padding: bool,
        stamp: Stamp,
        datagram: &mut Vec<u8>,
    ) -> Option<Written> {
        let ssrc = self.plan.repair?;
        let index = self.repeat;
        let header = Header {
            payload_type: self.plan.format?.repair?,
            is_marked,
            has_padding,
            sequence: low(index),
            timestamp,
            ssrc,
        };
        self.repeat += 1;
        self.write_header(header, None, None, stamp, datagram);
        Some(Written {
            header: datagram.len(),
            ssrc,
            index,
        })
    }

    fn write_header(
        &self,
        header: Header,
        level: Option<u8>,
        orientation: Option<u8>,
        stamp: Stamp,
        datagram: &mut Vec<u8>,
    ) {
        let extensions = Extensions {
            mid: (!self.is_bound).then_some(&*self.plan.mid),
            transport: stamp.transport.map(low),
            level,
            orientation,
        };
        header.write(&self.plan.ids, &extensions, datagram);
    }

    /// Says what was sent until now, if anything was. `ntp` is the time now (RFC 3550 §4).
    pub(super) fn report(&mut self, ntp: u64, now: Instant) -> Option<SenderReport> {
        let (_, timestamp, at) = self.newest?;
        let clock = self.plan.format?.clock;
        self.is_unreported = false;
        Some(SenderReport {
            ssrc: self.plan.ssrc,
            ntp,
            rtp: timestamp.wrapping_add(ticks(now.saturating_duration_since(at), clock)),
            packets: self.packets,
            bytes: self.octets,
        })
    }
}

/// Gives the ticks of a clock in a time, as far as a timestamp can say them.
fn ticks(time: Duration, clock: u32) -> u32 {
    let ticks = time.as_micros() * u128::from(clock) / 1_000_000;
    u32::try_from(ticks & u128::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
#[path = "tests/stream.rs"]
pub(super) mod tests;
