//! What is open beside and above the stage.

use leptos::prelude::*;

/// The panels of the call. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Panels {
    /// The list of people.
    pub people: RwSignal<bool>,
    /// The settings.
    pub settings: RwSignal<bool>,
    /// The keyboard shortcuts.
    pub shortcuts: RwSignal<bool>,
}

impl Panels {
    /// All closed.
    pub fn closed() -> Self {
        Self {
            people: RwSignal::new(false),
            settings: RwSignal::new(false),
            shortcuts: RwSignal::new(false),
        }
    }
}
