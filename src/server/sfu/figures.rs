//! What a shard counts, for the log and for benchmarks.
//!
//! Invariant: one thread counts and any may read; a figure names nobody.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::distribution::{Distribution, Shares};

/// Something that only grows.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    /// Counts so many more.
    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Something that there is more or less of.
#[derive(Debug, Default)]
pub(super) struct Gauge(AtomicU64);

impl Gauge {
    /// Notes how many there are now.
    pub(super) fn set(&self, number: usize) {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        self.0.store(number, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The figures of one shard. Counters count from its start.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// So many sessions are open.
    pub(super) sessions: Gauge,
    /// So many rooms are open.
    pub(super) rooms: Gauge,
    /// So many pictures are wanted and watched, and paused because the receiver's line does not carry them.
    pub(super) paused: Gauge,
    /// So many sessions were begun by an offer.
    pub(super) offers: Counter,
    /// So many of these came to stand: the receiver was reached, and the keys were agreed upon.
    pub(super) handshakes: Counter,
    /// So many datagrams were read.
    pub(super) packets_in: Counter,
    /// The datagrams that were read had so many bytes, headers of IP and UDP left out.
    pub(super) bytes_in: Counter,
    /// So many datagrams (segments) were sent. Divided by `sends` it is how many went with one call of the system.
    pub(super) packets_out: Counter,
    /// The datagrams that were sent had so many bytes, headers of IP and UDP left out.
    pub(super) bytes_out: Counter,
    /// The system was called so often to send.
    pub(super) sends: Counter,
    /// So many datagrams were lost because the system did not take them.
    pub(super) lost: Counter,
    /// So many packets were lost because they had waited too long for their receiver's line, or too many did.
    pub(super) waited: Counter,
    /// So many datagrams were dropped that belonged to no session.
    pub(super) unknown: Counter,
    /// So many datagrams were not taken, because their senders sent more than they may.
    pub(super) refused: Counter,
    /// So many messages on `live` were dropped because their receivers took too little.
    pub(super) live_lost: Counter,
    /// So many datagrams came through the relay, inside the process. They count among those that were read.
    pub(super) door_in: Counter,
    /// So many datagrams went to clients of the relay. They do not count among those that were sent.
    pub(super) door_out: Counter,
    /// So many datagrams were lost between the relay and the shard, for want of room or because they were too long.
    pub(super) door_lost: Counter,
    /// Receivers asked for so many packets again.
    pub(super) missed: Counter,
    /// So many were sent again.
    pub(super) repeated: Counter,
    /// So many times a receiver could not decode a picture any more.
    pub(super) pictures_lost: Counter,
    /// Publishers were asked for so many keyframes.
    pub(super) keyframe_requests: Counter,
    /// So many times it was decided that a receiver gets a picture in another layer, or not any more, or again.
    pub(super) layer_switches: Counter,
    /// So many times a session ended by a panic, or the shard began anew after one.
    pub(super) panics: Counter,
    /// Turns of the thread took so long.
    pub(super) turns: Distribution,
    /// From the moment in which the thread noticed that there was something to read, datagrams took so long until the system took them.
    pub(super) delays: Distribution,
}

/// The figures as they were at one moment: see [`Figures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Snapshot {
    /// So many sessions were open.
    pub(super) sessions: u64,
    /// So many rooms were open.
    pub(super) rooms: u64,
    /// So many pictures were paused.
    pub(super) paused: u64,
    /// So many sessions had been begun by an offer.
    pub(super) offers: u64,
    /// So many of these had come to stand.
    pub(super) handshakes: u64,
    /// So many datagrams had been read.
    pub(super) packets_in: u64,
    /// The datagrams that had been read had so many bytes.
    pub(super) bytes_in: u64,
    /// So many datagrams had been sent.
    pub(super) packets_out: u64,
    /// The datagrams that had been sent had so many bytes.
    pub(super) bytes_out: u64,
    /// The system had been called so often to send.
    pub(super) sends: u64,
    /// So many datagrams had been lost because the system did not take them.
    pub(super) lost: u64,
    /// So many packets had been lost because they had waited too long.
    pub(super) waited: u64,
    /// So many datagrams had been dropped that belonged to no session.
    pub(super) unknown: u64,
    /// So many datagrams had not been taken, because their senders sent more than they may.
    pub(super) refused: u64,
    /// So many messages on `live` had been dropped because their receivers took too little.
    pub(super) live_lost: u64,
    /// So many datagrams had come through the relay.
    pub(super) door_in: u64,
    /// So many datagrams had gone to clients of the relay.
    pub(super) door_out: u64,
    /// So many datagrams had been lost between the relay and the shard.
    pub(super) door_lost: u64,
    /// Receivers had asked for so many packets again.
    pub(super) missed: u64,
    /// So many had been sent again.
    pub(super) repeated: u64,
    /// So many times a receiver could not decode a picture any more.
    pub(super) pictures_lost: u64,
    /// Publishers had been asked for so many keyframes.
    pub(super) keyframe_requests: u64,
    /// So many times a receiver was to get a picture in another layer.
    pub(super) layer_switches: u64,
    /// So many panics had been caught.
    pub(super) panics: u64,
}

/// The figures, and how long things took since they were last told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Told {
    /// What was counted.
    #[serde(flatten)]
    pub(super) counted: Snapshot,
    /// Turns of the thread took so long, in µs.
    pub(super) turns: Shares,
    /// Datagrams stayed in the server for so long, in µs.
    pub(super) delays: Shares,
}

/// The figures of one shard, as its operator is told them.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShardFigures {
    /// So many people have a seat there, connected or not.
    pub(super) seats: usize,
    /// It has more to do than it has time for.
    pub(super) is_overloaded: bool,
    /// What it counts.
    #[serde(flatten)]
    pub(super) told: Told,
}

impl Figures {
    /// Reads the figures. Those that change meanwhile may be of different moments.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            sessions: self.sessions.read(),
            rooms: self.rooms.read(),
            paused: self.paused.read(),
            offers: self.offers.read(),
            handshakes: self.handshakes.read(),
            packets_in: self.packets_in.read(),
            bytes_in: self.bytes_in.read(),
            packets_out: self.packets_out.read(),
            bytes_out: self.bytes_out.read(),
            sends: self.sends.read(),
            lost: self.lost.read(),
            waited: self.waited.read(),
            unknown: self.unknown.read(),
            refused: self.refused.read(),
            live_lost: self.live_lost.read(),
            door_in: self.door_in.read(),
            door_out: self.door_out.read(),
            door_lost: self.door_lost.read(),
            missed: self.missed.read(),
            repeated: self.repeated.read(),
            pictures_lost: self.pictures_lost.read(),
            keyframe_requests: self.keyframe_requests.read(),
            layer_switches: self.layer_switches.read(),
            panics: self.panics.read(),
        }
    }

    /// Reads the figures for somebody who asks for them, and takes out how long things took since the last time.
    pub(super) fn tell(&self) -> Told {
        Told {
            counted: self.snapshot(),
            turns: self.turns.take(),
            delays: self.delays.take(),
        }
    }
}

#[cfg(test)]
#[path = "tests/figures.rs"]
mod tests;
