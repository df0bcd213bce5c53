//! What the playing of a source reports.

use super::frame::MediaFrame;
use super::problem::MediaFileError;

/// One report.
#[derive(Debug)]
pub(crate) enum Played {
    /// A frame is due.
    Frame(MediaFrame),
    /// The source has ended, and does not begin again.
    Ended,
    /// The source is broken.
    Broken(MediaFileError),
}
