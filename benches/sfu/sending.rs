//! One stream that a client sends: which packet is due when.
//!
//! Invariant: the pace does not depend on the server. A client that is late sends what is due at once, and leaves nothing out.

use std::time::{Duration, Instant};

use str0m::media::{Mid, Pt, Rid};

use super::case::{Kind, Rate};
use super::payload::{self, Picture, Tail};

/// A picture that can be decoded alone is sent so often, and whenever one is asked for.
const KEYFRAMES: Duration = Duration::from_secs(3);

/// The clock of VP8, in Hz (RFC 7741), and that of Opus (RFC 7587).
const PICTURE_CLOCK: u64 = 90_000;
const VOICE_CLOCK: u64 = 48_000;

/// How loud voices are said to be, in dBov (RFC 6464): each is quieter than the one before, so that the same stay the loudest.
const LOUDEST: i8 = -20;

/// A packet that is to be sent.
#[derive(Debug)]
pub(crate) struct Due {
    /// Its extended RTP sequence number.
    pub(crate) sequence: u64,
    /// Its RTP timestamp.
    pub(crate) timestamp: u32,
    /// It is the last of its frame.
    pub(crate) marker: bool,
    /// What it carries.
    pub(crate) payload: Vec<u8>,
}

/// A stream that is sent.
#[derive(Debug)]
pub(crate) struct Sending {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its section.
    pub(crate) mid: Mid,
    /// What it is called in its section.
    pub(crate) rid: Option<Rid>,
    /// Its format, as agreed on.
    pub(crate) format: Pt,
    /// How loud it is, where it is a voice.
    pub(crate) level: Option<i8>,
    /// Somebody wants it.
    pub(crate) is_on: bool,
    /// Its packets name it so.
    pub(crate) source: u32,
    rate: Rate,
    begun: Instant,
    /// The next packet is due then.
    due: Instant,
    /// So many of the frame's packets are sent.
    part: u32,
    /// It has been so many packets.
    number: u32,
    picture: Picture,
    key_due: Instant,
}

impl Sending {
    /// Begins a stream of that person now.
    pub(crate) fn new(
        kind: Kind,
        person: usize,
        (mid, format): (Mid, Pt),
        rate: Rate,
        now: Instant,
    ) -> Self {
        let quieter = i8::try_from(person % 64).unwrap_or_default();
        // No two people send at the same moment.
        let phase = rate.interval().mul_f64((person as f64 * 0.618).fract());
        Self {
            kind,
            mid,
            rid: kind.rid().map(Rid::from),
            format,
            level: (kind == Kind::Voice).then_some(LOUDEST - quieter),
            is_on: true,
            source: kind.source(person),
            rate,
            begun: now,
            due: now + phase,
            part: 0,
            number: 0,
            picture: Picture::default(),
            key_due: now,
        }
    }

    /// Sends more or less from the next frame on.
    pub(crate) fn set_rate(&mut self, rate: Rate) {
        self.rate = rate;
    }

    /// Sends the stream, or does not.
    pub(crate) fn switch(&mut self, is_on: bool, now: Instant) {
        if is_on && !self.is_on {
            self.due = now;
            self.want_key(now);
        }
        self.is_on = is_on;
    }

    /// The next frame can be decoded alone.
    pub(crate) fn want_key(&mut self, now: Instant) {
        self.key_due = self.key_due.min(now);
    }

    /// It has been so many packets.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// When the next packet is due; `None` while nobody wants it.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.is_on.then_some(self.due)
    }

    /// Gives the next packet if it is due. `sent` is now, in nanoseconds since the clients began.
    pub(crate) fn next(&mut self, now: Instant, sent: u64) -> Option<Due> {
        if !self.is_on || self.due > now {
            return None;
        }
        let starts = self.part == 0;
        if starts {
            self.picture.is_key = self.key_due <= now;
            self.picture.id = self.picture.id.wrapping_add(1) & 0x7fff;
            self.picture.tl0 = self.picture.tl0.wrapping_add(1);
            if self.picture.is_key {
                self.picture.key_index = self.picture.key_index.wrapping_add(1);
                self.key_due = now + KEYFRAMES;
            }
        }
        self.picture.starts = starts;
        let (source, number) = (self.source, self.number);
        let tail = Tail {
            sent,
            source,
            number,
        };
        let (payload, clock) = match self.kind {
            Kind::Voice => (payload::voice(tail), VOICE_CLOCK),
            _ => (payload::picture(self.picture, tail), PICTURE_CLOCK),
        };
        let age = self.due.saturating_duration_since(self.begun);
        let ticks = age.as_micros() * u128::from(clock) / 1_000_000;
        self.number += 1;
        self.part += 1;
        let marker = self.kind != Kind::Voice && self.part >= self.rate.packets;
        if self.part >= self.rate.packets {
            self.part = 0;
            self.due += self.rate.interval();
        }
        Some(Due {
            sequence: u64::from(self.number),
            timestamp: u32::try_from(ticks & u128::from(u32::MAX)).unwrap_or_default(),
            marker,
            payload,
        })
    }
}
