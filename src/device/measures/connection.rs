//! What is measured of one connection: how it came to be, and what arrives on it.
//!
//! Invariant: what is counted is added to the sums a few times a second, when the connection ends at the latest, so that nobody
//! waits for anybody with each packet.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::freezes::Freezes;
use super::meter::Meter;
use super::packet::RtpHeader;
use super::sequence::{Arrivals, Sequence};
use super::tally::Phase;
use crate::protocol::PeerId;
use crate::room::TrackKind;

/// What is counted waits at most so long to be added, as long as something arrives.
const ADDED_EVERY: Duration = Duration::from_millis(250);

/// At most so many delays wait.
const WAITING: usize = 256;

/// At most so many sources of packets are told apart; a connection has a few.
const SOURCES: usize = 16;

/// What is sent to find out how much a line takes, and is no media, comes from this source where it repeats nothing.
const PROBES: u32 = 0;

/// One connection.
#[derive(Debug)]
pub(crate) struct ConnectionMeter {
    meter: Arc<Meter>,
    whom: PeerId,
    opened: Instant,
    paired: Option<Instant>,
    agreed: Option<Instant>,
    has_packet: bool,
    has_key_frame: bool,
    /// Packets of these formats repeat others.
    repairs: Vec<u8>,
    sources: Vec<(u32, Sequence)>,
    tracks: Vec<Track>,
    waiting: Waiting,
    added: Instant,
}

/// One track that arrives.
#[derive(Debug)]
struct Track {
    kind: TrackKind,
    freezes: Freezes,
    /// The last frame came then.
    came: Instant,
    /// The last packet of the last frame had this number.
    last: Option<u64>,
    /// Packets were asked for again so often, as was last heard.
    nacks: u64,
    /// A picture was asked for so often, as was last heard.
    plis: u64,
}

/// What was counted and not added yet.
#[derive(Debug, Default)]
struct Waiting {
    packets: Arrivals,
    frames: Vec<Frame>,
    unrepaired: u64,
    freezes: u64,
    frozen: Duration,
    nacks: u64,
    plis: u64,
}

#[derive(Debug)]
struct Frame {
    kind: TrackKind,
    is_key: bool,
    bytes: usize,
    /// `None` for what others than this run sent.
    delay: Option<Duration>,
}

impl ConnectionMeter {
    /// Of a connection that begins now.
    pub(crate) fn new(meter: Arc<Meter>, whom: PeerId, now: Instant) -> Self {
        Self {
            meter,
            whom,
            opened: now,
            paired: None,
            agreed: None,
            has_packet: false,
            has_key_frame: false,
            repairs: Vec::new(),
            sources: Vec::new(),
            tracks: Vec::new(),
            waiting: Waiting::default(),
            added: now,
        }
    }

    /// A pair of addresses works.
    pub(crate) fn paired(&mut self, now: Instant) {
        if self.paired.is_none() {
            self.paired = Some(now);
            self.meter.passed(Phase::Ice, self.opened, now);
        }
    }

    /// Keys were agreed on.
    pub(crate) fn agreed(&mut self, now: Instant) {
        if self.agreed.is_none() {
            self.agreed = Some(now);
            let since = self.paired.unwrap_or(self.opened);
            self.meter.passed(Phase::Dtls, since, now);
        }
    }

    /// Packets of these formats repeat others (RFC 4588), and have numbers of their own.
    pub(crate) fn set_repairs(&mut self, formats: Vec<u8>) {
        self.repairs = formats;
    }

    /// A packet of RTP arrived.
    pub(crate) fn packet(&mut self, packet: &[u8], now: Instant) {
        if !self.meter.run.goes_on() {
            return;
        }
        let Some(header) = RtpHeader::read(packet) else {
            return;
        };
        // Both may come before any media: a line is tried out with what repeats nothing, too.
        if self.repairs.contains(&header.payload_type) || header.source == PROBES {
            return;
        }
        if let Some(agreed) = self.agreed
            && !std::mem::replace(&mut self.has_packet, true)
        {
            self.meter.passed(Phase::FirstPacket, agreed, now);
        }
        let known = self
            .sources
            .iter()
            .position(|(source, _)| *source == header.source);
        let index = known.unwrap_or_else(|| {
            if self.sources.len() >= SOURCES {
                self.sources.remove(0);
            }
            self.sources.push((header.source, Sequence::default()));
            self.sources.len() - 1
        });
        if let Some((_, sequence)) = self.sources.get_mut(index) {
            self.waiting.packets += sequence.arrive_short(header.number);
        }
        self.add_when_due(now);
    }

    /// A frame is whole; it came in the packets with these numbers.
    pub(crate) fn frame(
        &mut self,
        kind: TrackKind,
        data: &[u8],
        packets: RangeInclusive<u64>,
        now: Instant,
    ) {
        if !self.meter.run.goes_on() {
            return;
        }
        let is_picture = kind.medium() == "video";
        // RFC 6386 section 9.1.
        let is_key = is_picture && data.first().is_some_and(|first| first & 1 == 0);
        if let Some(agreed) = self.agreed.filter(|_| is_key)
            && !std::mem::replace(&mut self.has_key_frame, true)
        {
            self.meter.passed(Phase::FirstKeyFrame, agreed, now);
        }
        let track = self.track(kind, now);
        track.came = now;
        let missing = track
            .last
            .map_or(0, |last| packets.start().saturating_sub(last + 1));
        track.last = Some(*packets.end());
        let frozen = if is_picture {
            track.freezes.picture(now)
        } else {
            None
        };
        self.waiting.unrepaired += missing;
        self.waiting.freezes += u64::from(frozen.is_some());
        self.waiting.frozen += frozen.unwrap_or_default();
        self.waiting.frames.push(Frame {
            kind,
            is_key,
            bytes: data.len(),
            delay: self.meter.run.clock.age(data, now),
        });
        self.add_when_due(now);
    }

    /// Packets of a track, and a picture that can be decoded alone, were asked for so often since the connection began.
    pub(crate) fn feedback(&mut self, kind: TrackKind, nacks: u64, plis: u64) {
        if !self.meter.run.goes_on() {
            return;
        }
        let Some(track) = self.tracks.iter_mut().find(|track| track.kind == kind) else {
            return;
        };
        self.waiting.nacks += nacks.saturating_sub(track.nacks);
        self.waiting.plis += plis.saturating_sub(track.plis);
        (track.nacks, track.plis) = (nacks, plis);
    }

    fn track(&mut self, kind: TrackKind, now: Instant) -> &mut Track {
        let known = self.tracks.iter().position(|track| track.kind == kind);
        let index = known.unwrap_or(self.tracks.len());
        if known.is_none() {
            self.meter.tracks_came(&self.whom, [(kind, now)]);
            self.tracks.push(Track {
                kind,
                freezes: Freezes::default(),
                came: now,
                last: None,
                nacks: 0,
                plis: 0,
            });
        }
        &mut self.tracks[index]
    }

    fn add_when_due(&mut self, now: Instant) {
        let is_due = now.saturating_duration_since(self.added) >= ADDED_EVERY;
        if is_due || self.waiting.frames.len() >= WAITING {
            self.added = now;
            self.add();
        }
    }

    fn add(&mut self) {
        let tracks = self.tracks.iter().map(|track| (track.kind, track.came));
        self.meter.tracks_came(&self.whom, tracks);
        let waiting = std::mem::take(&mut self.waiting);
        self.meter.run.add(|tally| {
            tally.packets += waiting.packets;
            tally.unrepaired += waiting.unrepaired;
            tally.freezes += waiting.freezes;
            tally.frozen += waiting.frozen;
            tally.nacks += waiting.nacks;
            tally.plis += waiting.plis;
            for frame in waiting.frames {
                let media = tally.media_mut(frame.kind);
                media.frames += 1;
                media.key_frames += u64::from(frame.is_key);
                media.bytes += frame.bytes as u64;
                if let Some(delay) = frame.delay {
                    media.delays.add(delay);
                }
            }
        });
    }
}

impl Drop for ConnectionMeter {
    fn drop(&mut self) {
        self.add();
        self.meter.tracks_went(&self.whom);
    }
}

#[cfg(test)]
#[path = "tests/connection.rs"]
mod tests;
