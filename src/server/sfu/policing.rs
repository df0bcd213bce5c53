//! How much one person may send to the SFU, and be sent.
//!
//! Invariant: whoever sends more loses it at the door, before anything is decrypted for them; nobody else does.

use std::time::Instant;

use crate::pace::{Allowance, TokenBucket};

/// The longest datagram that is taken, in bytes: the largest that crosses most networks, less its headers.
pub(super) const DATAGRAM_BYTES: usize = 1_400;

/// A person may send so many datagrams of media in a second, and so many at once.
const MEDIA_DATAGRAMS: (u32, u32) = (1_500, 4_000);

/// A person may send so many bytes of media in a second, which are 8 Mbit/s, and so many at once: a second of all that a person may send,
/// and the messages that a chat may bring at once.
const MEDIA_BYTES: (u32, u32) = (1_000_000, 4_000_000);

/// A Mbit/s of files takes so many datagrams in a second besides, none of which is much shorter than a network lets it be.
const DATAGRAMS_PER_MBIT: u32 = 125;

/// A Mbit are so many bytes.
const BYTES_PER_MBIT: u32 = 125_000;

/// Files are reckoned with at least so many Mbit/s, even if the operator lets fewer pass: other messages have room then.
const LEAST_FILES: u32 = 8;

/// Of files so many seconds may come at once.
const FILES_AT_ONCE: u32 = 2;

/// A person is sent no more than this, in bits/s, whatever their line carries.
const MOST_BITS_OUT: f64 = 40_000_000.0;

/// Sound of a person is passed on at so many packets in a second: half as many again as the shortest packets of Opus that browsers
/// send lead to.
const SOUND_PER_SECOND: u32 = 150;

/// So many at once, which a network may have held back.
const SOUND_AT_ONCE: u32 = 200;

/// Sound of a person is passed on at so many bytes in a second: a quarter more than Opus ever takes.
const SOUND_BYTES_PER_SECOND: u32 = 80_000;

/// What one person may still send.
#[derive(Clone, Debug)]
pub(super) struct Intake {
    /// The datagrams and bytes that are left.
    allowance: Allowance,
    /// Time is counted from then.
    since: Instant,
}

impl Intake {
    /// Nothing was sent yet of what somebody may send who may send `files` Mbit/s of files.
    pub(super) fn new(files: u32, now: Instant) -> Self {
        let files = files.max(LEAST_FILES);
        let with_files = |(media, media_at_once): (u32, u32), per_mbit: u32| {
            let files = files.saturating_mul(per_mbit);
            let at_once = files.saturating_mul(FILES_AT_ONCE);
            (
                media_at_once.saturating_add(at_once),
                media.saturating_add(files),
            )
        };
        let datagrams = with_files(MEDIA_DATAGRAMS, DATAGRAMS_PER_MBIT);
        Self::with(datagrams, with_files(MEDIA_BYTES, BYTES_PER_MBIT), now)
    }

    /// Nothing was sent yet of one sound, which goes to everyone: a flood would be as many floods as there are listeners.
    pub(super) fn of_sound(now: Instant) -> Self {
        let bytes = (2 * SOUND_BYTES_PER_SECOND, SOUND_BYTES_PER_SECOND);
        Self::with((SOUND_AT_ONCE, SOUND_PER_SECOND), bytes, now)
    }

    fn with(datagrams: (u32, u32), bytes: (u32, u32), now: Instant) -> Self {
        let bucket = |(at_once, per_second)| TokenBucket::full(at_once, f64::from(per_second), 0);
        Self {
            allowance: Allowance::new(bucket(datagrams), bucket(bytes)),
            since: now,
        }
    }

    /// Counts a datagram of so many bytes; false when it is not to be taken.
    pub(super) fn take(&mut self, bytes: usize, now: Instant) -> bool {
        let now = now.saturating_duration_since(self.since).as_millis();
        let now = u64::try_from(now).unwrap_or(u64::MAX);
        bytes <= DATAGRAM_BYTES && self.allowance.take(bytes, now)
    }
}

/// Says how much somebody may be sent of what their line carries, where so many share what the shard may send; all in bits/s.
pub(super) fn fair_share(line: f64, shard: f64, sharers: usize) -> f64 {
    let sharers = u32::try_from(sharers.max(1)).unwrap_or(u32::MAX);
    line.min(MOST_BITS_OUT).min(shard / f64::from(sharers))
}

#[cfg(test)]
#[path = "tests/policing.rs"]
mod tests;
