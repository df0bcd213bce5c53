//! What is shown of the own recording.

use leptos::prelude::*;

use crate::room::Moment;

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingKind {
    /// The stage as it is shown, and all voices.
    PictureAndSound,
    /// All voices.
    SoundOnly,
}

/// What the user wants of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingAction {
    /// Begin.
    Start(RecordingKind),
    /// End, and hand over the file.
    Stop,
    /// Hand over what an earlier visit recorded and could not finish.
    SaveUnfinished,
    /// Remove what an earlier visit recorded and could not finish.
    DiscardUnfinished,
}

/// A recording that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunningRecording {
    /// Since when.
    pub since: Moment,
    /// What was written so far, in bytes.
    pub bytes: u64,
}

/// The signals of recording. Written by the engine alone. Cheap to copy.
#[derive(Clone, Copy)]
pub struct RecordingSignals {
    /// The own recording, while it runs.
    pub running: RwSignal<Option<RunningRecording>>,
    /// Whether an earlier visit left one unfinished.
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
