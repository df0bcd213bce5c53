//! How well everyone's media arrives, as it is shown.

use std::collections::HashMap;

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::quality::{History, Indicator};

/// The signals of quality. Only the engine writes them, but for [`Self::heights`]. Cheap to copy.
#[derive(Clone, Copy)]
pub struct QualitySignals {
    /// Each person's media arrives this well; nobody is in it before the first score.
    pub indicators: RwSignal<HashMap<PeerId, Indicator>>,
    /// Two minutes of figures are kept for each person.
    pub histories: RwSignal<HashMap<PeerId, History>>,
    /// A tile of the stage is this high and one of the strip that high, in device pixels. The ui's stage writes it; people
    /// are told of it, and send pictures of that size.
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
