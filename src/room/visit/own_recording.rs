//! Where the own recording stands.

/// Where the own recording stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OwnRecording {
    /// It was told to begin, and is not over.
    pub(super) is_running: bool,
    /// An earlier visit left one unfinished.
    pub(super) unfinished: bool,
}
