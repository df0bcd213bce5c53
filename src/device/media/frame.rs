//! One encoded picture, or one packet of sound.

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

impl MediaFrame {
    /// Whether a picture can be decoded without those before it (RFC 6386 section 9.1).
    pub(crate) fn is_vp8_key_frame(&self) -> bool {
        self.data.first().is_some_and(|first| first & 1 == 0)
    }
}
