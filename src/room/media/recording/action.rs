//! What the user asks of a recording.

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingKind {
    /// It shows the stage as it is here, and has all voices.
    PictureAndSound,
    /// It has all voices and no picture.
    SoundOnly,
}

/// One wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingAction {
    /// It begins.
    Start(RecordingKind),
    /// It ends, and its file is handed over.
    Stop,
    /// What an earlier visit recorded and could not finish is handed over.
    SaveUnfinished,
    /// What an earlier visit recorded and could not finish is removed.
    DiscardUnfinished,
}
