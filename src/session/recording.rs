//! The own recording: what the ui asks of it, and what is shown.

use leptos::prelude::*;

use crate::room::Moment;

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingKind {
    /// It shows the stage as it is here, and has all voices.
    PictureAndSound,
    /// It has all voices and no picture.
    SoundOnly,
}

/// What the user asks of a recording.
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

/// A recording that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunningRecording {
    /// It began then.
    pub since: Moment,
    /// So many bytes were written until now.
    pub bytes: u64,
}

/// The signals of recording. Only the engine writes them. Cheap to copy.
#[derive(Clone, Copy)]
pub struct RecordingSignals {
    /// The own recording is here while it runs.
    pub running: RwSignal<Option<RunningRecording>>,
    /// An earlier visit left one unfinished: it has to be saved or discarded before another begins.
    pub unfinished: RwSignal<bool>,
}

impl Default for RecordingSignals {
    fn default() -> Self {
        Self {
            running: RwSignal::new(None),
            unfinished: RwSignal::new(false),
        }
    }
}
