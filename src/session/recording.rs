//! The own recording as it is shown.

use leptos::prelude::*;

use crate::room::Moment;

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
