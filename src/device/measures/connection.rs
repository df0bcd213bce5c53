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
use crate::device::media::stint::Stint;
use crate::room::{SlotCounts, TrackKind};

/// What is counted waits at most so long to be added, as long as something arrives.
const ADDED_EVERY: Duration = Duration::from_millis(250);

/// At most so many delays wait.
const WAITING: usize = 256;

/// At most so many sources of packets are told apart; a connection to a person has a few, one to the SFU a few in each slot.
const SOURCES: usize = 64;

/// At most so many tracks are told apart; the slots of the SFU carry one person after the other.
const TRACKS: usize = 64;

/// What is sent to find out how much a line takes, and is no media, comes from this source where it repeats nothing.
const PROBES: u32 = 0;

/// One connection.
#[derive(Debug)]
pub(crate) struct ConnectionMeter {
    meter: Arc<Meter>,
    opened: Instant,
    paired: Option<Instant>,
    agreed: Option<Instant>,
    has_packet: bool,
    has_key_frame: bool,
    /// Packets of these formats repeat others.
    repairs: Vec<u8>,
    sources: Vec<(u32, Sequence)>,
    tracks: Vec<Track>,
    feedback: Vec<SectionFeedback>,
    /// It goes to the SFU, and has slots there.
    has_slots: bool,
    waiting: Waiting,
    added: Instant,
}

/// One track that arrives.
#[derive(Debug)]
struct Track {
    stint: Stint,
    freezes: Freezes,
    /// The last frame came then.
    came: Instant,
    /// The last packet of the last frame had this number.
    last: Option<u64>,
}

/// What was asked for in one section.
#[derive(Debug)]
struct SectionFeedback {
    section: String,
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
    pub(crate) fn new(meter: Arc<Meter>, now: Instant) -> Self {
        Self {
            meter,
            opened: now,
            paired: None,
            agreed: None,
            has_packet: false,
            has_key_frame: false,
            repairs: Vec::new(),
            sources: Vec::new(),
            tracks: Vec::new(),
            feedback: Vec::new(),
            has_slots: false,
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

    /// Others are taken in so many slots of this connection from now on.
    pub(crate) fn set_slots(&mut self, slots: SlotCounts) {
        self.has_slots = true;
        self.meter.set_slots(Some(slots));
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

    /// A frame is whole, of whose section this is the time; it came in the packets with these numbers.
    pub(crate) fn frame(
        &mut self,
        stint: &Stint,
        data: &[u8],
        packets: RangeInclusive<u64>,
        now: Instant,
    ) {
        if !self.meter.run.goes_on() {
            return;
        }
        let kind = stint.kind;
        let is_picture = kind.medium() == "video";
        // RFC 6386 section 9.1.
        let is_key = is_picture && data.first().is_some_and(|first| first & 1 == 0);
        if let Some(agreed) = self.agreed.filter(|_| is_key)
            && !std::mem::replace(&mut self.has_key_frame, true)
        {
            self.meter.passed(Phase::FirstKeyFrame, agreed, now);
        }
        let track = self.track(stint, now);
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

    /// Packets of a section, and a picture that can be decoded alone, were asked for so often since the connection began.
    pub(crate) fn feedback(&mut self, section: &str, nacks: u64, plis: u64) {
        if !self.meter.run.goes_on() {
            return;
        }
        let known = self.feedback.iter().position(|it| it.section == section);
        let index = known.unwrap_or_else(|| {
            self.feedback.push(SectionFeedback {
                section: section.to_owned(),
                nacks: 0,
                plis: 0,
            });
            self.feedback.len() - 1
        });
        if let Some(before) = self.feedback.get_mut(index) {
            self.waiting.nacks += nacks.saturating_sub(before.nacks);
            self.waiting.plis += plis.saturating_sub(before.plis);
            (before.nacks, before.plis) = (nacks, plis);
        }
    }

    fn track(&mut self, stint: &Stint, now: Instant) -> &mut Track {
        let known = self.tracks.iter().position(|track| track.stint == *stint);
        let index = known.unwrap_or_else(|| {
            if self.tracks.len() >= TRACKS {
                let quietest = self.tracks.iter().enumerate();
                let quietest = quietest.min_by_key(|(_, track)| track.came);
                if let Some((index, _)) = quietest {
                    self.tracks.remove(index);
                }
            }
            self.meter.tracks_came([(stint, now)]);
            self.tracks.push(Track {
                stint: stint.clone(),
                freezes: Freezes::default(),
                came: now,
                last: None,
            });
            self.tracks.len() - 1
        });
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
        let tracks = self.tracks.iter();
        self.meter
            .tracks_came(tracks.map(|track| (&track.stint, track.came)));
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
        for track in &self.tracks {
            self.meter.track_went(&track.stint);
        }
        if self.has_slots {
            self.meter.set_slots(None);
        }
    }
}

#[cfg(test)]
#[path = "tests/connection.rs"]
mod tests;
