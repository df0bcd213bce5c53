//! What is shown of the connections' quality.

use std::collections::HashMap;

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::quality::{History, Indicator};

/// The signals of quality. Written by the engine alone, but for [`Self::heights`]. Cheap to copy.
#[derive(Clone, Copy)]
pub struct QualitySignals {
    /// How well each person's media arrives; nobody is in it before the first score.
    pub indicators: RwSignal<HashMap<PeerId, Indicator>>,
    /// Two minutes of figures for each person.
    pub histories: RwSignal<HashMap<PeerId, History>>,
    /// How high a tile of the stage and one of the strip are, in device pixels. Written by the ui's stage.
    pub heights: RwSignal<(f64, f64)>,
}

impl Default for QualitySignals {
    fn default() -> Self {
        Self {
            indicators: RwSignal::new(HashMap::new()),
            histories: RwSignal::new(HashMap::new()),
            heights: RwSignal::new((0.0, 0.0)),
        }
    }
}
