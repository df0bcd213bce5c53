//! What is open beside and above the stage.
//!
//! Invariant: one side panel is open at a time; opening another replaces it.

use leptos::prelude::*;

/// A panel that stands beside the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SidePanel {
    /// The panel lists the people.
    People,
    /// The panel is the chat.
    Chat,
    /// The panel shows the figures of the connections.
    Connection,
    /// The panel lists the files.
    Files,
}

/// The panels of the call. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Panels {
    /// This panel is open beside the stage, if any is.
    pub side: RwSignal<Option<SidePanel>>,
    /// The settings are open.
    pub settings: RwSignal<bool>,
    /// The choice of what to record is open.
    pub record: RwSignal<bool>,
    /// The choice of a layout is open.
    pub layout: RwSignal<bool>,
    /// The check of the connection is open, and so a check is under way.
    pub check: RwSignal<bool>,
    /// A small window floats above everything else.
    pub floating: RwSignal<bool>,
    /// The list of keyboard shortcuts is open.
    pub shortcuts: RwSignal<bool>,
    /// This was typed in the chat and not sent; it is kept while the chat is closed.
    pub draft: StoredValue<String>,
}

impl Panels {
    /// All closed.
    pub fn closed() -> Self {
        Self {
            side: RwSignal::new(None),
            settings: RwSignal::new(false),
            record: RwSignal::new(false),
            layout: RwSignal::new(false),
            check: RwSignal::new(false),
            floating: RwSignal::new(false),
            shortcuts: RwSignal::new(false),
            draft: StoredValue::new(String::new()),
        }
    }

    /// Whether this side panel is open; tracked.
    pub fn shows(self, panel: SidePanel) -> Signal<bool> {
        Signal::derive(move || self.side.get() == Some(panel))
    }

    /// Opens a side panel, or closes it if it is the open one.
    pub fn toggle(self, panel: SidePanel) {
        self.side.update(|side| {
            *side = (*side != Some(panel)).then_some(panel);
        });
    }
}
