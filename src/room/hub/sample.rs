//! What a connection plays at a moment, section by section: the evidence that a path carries somebody.

use crate::room::path::id::PathId;
use crate::room::path::lines::Section;

/// What was played last of one section. W3C WebRTC section 5.3 (`RTCRtpReceiver.getSynchronizationSources`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineSample {
    /// The connection is that of this path.
    pub path: PathId,
    /// The section is this one.
    pub section: Section,
    /// The RTP timestamp of what was played last.
    pub rtp_timestamp: u32,
    /// It was played so many ms ago; at most ten seconds, for the browser forgets what is older.
    pub age_ms: u32,
}
