//! One encoded picture, or one packet of sound, and its time.

use std::sync::Arc;
use std::time::Duration;

/// An encoded picture or packet of sound, and when it is to be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaFrame {
    /// It is played so long after the beginning.
    pub(crate) at: Duration,
    /// It is encoded like this: VP8 for pictures, Opus for sound.
    pub(crate) data: Arc<[u8]>,
}

/// A time in units of which there are so many in a second, as containers and RTP count it.
pub(crate) fn ticks(time: Duration, per_second: u32) -> u64 {
    let ticks = time.as_nanos() * u128::from(per_second) / 1_000_000_000;
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

impl MediaFrame {
    /// Whether a picture can be decoded without those before it (RFC 6386 section 9.1).
    pub(crate) fn is_vp8_key_frame(&self) -> bool {
        self.data.first().is_some_and(|first| first & 1 == 0)
    }
}
