//! The word by which somebody says that what belongs on a channel comes by the SFU from now on (docs/protocol-data-channels.md).
//!
//! Two people find out at different moments that their direct path is gone, and what came by the one connection while the other was
//! expected would be lost. Invariant: it is the first that is said by the SFU after a direct path.

use crate::protocol::message::message;
use crate::room::messaging::channel::frame::Frame;

/// Nothing longer is looked at.
const LONGEST_BYTES: usize = 256;

message! {
    /// What is said of the connection that a channel takes.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum CarrierWord {
        /// The direct path is not used any more.
        Fallback = "fallback";
        /// It is about something else.
        Other
    }
}

/// The word as it travels.
pub(crate) fn fallback() -> Frame {
    Frame::json(&CarrierWord::Fallback)
}

/// Whether a frame is the word.
pub(crate) fn is_fallback(frame: &Frame) -> bool {
    frame.size() <= LONGEST_BYTES && frame.parse() == Ok(CarrierWord::Fallback)
}
