//! What a shard counts, for the log and for benchmarks.
//!
//! Invariant: one thread counts and any may read; a figure names nobody.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

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
    /// Publishers were asked for so many keyframes.
    pub(super) keyframe_requests: Counter,
    /// So many times a session ended by a panic, or the shard began anew after one.
    pub(super) panics: Counter,
}

/// The figures as they were at one moment: see [`Figures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Snapshot {
    /// So many sessions were open.
    pub(super) sessions: u64,
    /// So many rooms were open.
    pub(super) rooms: u64,
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
    /// Publishers had been asked for so many keyframes.
    pub(super) keyframe_requests: u64,
    /// So many panics had been caught.
    pub(super) panics: u64,
}

impl Figures {
    /// Reads the figures. Those that change meanwhile may be of different moments.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            sessions: self.sessions.read(),
            rooms: self.rooms.read(),
            packets_in: self.packets_in.read(),
            bytes_in: self.bytes_in.read(),
            packets_out: self.packets_out.read(),
            bytes_out: self.bytes_out.read(),
            sends: self.sends.read(),
            lost: self.lost.read(),
            unknown: self.unknown.read(),
            refused: self.refused.read(),
            live_lost: self.live_lost.read(),
            door_in: self.door_in.read(),
            door_out: self.door_out.read(),
            door_lost: self.door_lost.read(),
            keyframe_requests: self.keyframe_requests.read(),
            panics: self.panics.read(),
        }
    }
}

#[cfg(test)]
#[path = "tests/figures.rs"]
mod tests;
