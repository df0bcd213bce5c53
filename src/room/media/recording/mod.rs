//! Making a recording that plays and seeks everywhere.
//!
//! A browser's `MediaRecorder` writes WebM (RFC 9559, RFC 8794) as a live stream: it says neither how long it is nor where
//! to find what. Responsible for the order in which its pieces reach the disk, for following the stream as it is written,
//! and for the header and the index that make a file of it. Invariant: the media itself is never touched; the finished file is a
//! new header, the clusters as they came but for their sizes, and an index behind them.

pub(crate) mod action;
pub(crate) mod queue;
pub(crate) mod slice;

pub use action::{RecordingAction, RecordingKind};
pub use queue::{NextPiece, PIECES_WAITING, PieceQueue, Queued, RecordingProblem};
pub use slice::PieceEnds;

pub use crate::webm::file::Part;
pub use crate::webm::index::WebmIndex;
