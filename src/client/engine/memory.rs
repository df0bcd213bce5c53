//! What is remembered for the next visit.
//!
//! Invariant: what the session shows of it is what the browser's storage was last given.

use leptos::prelude::*;

use super::page::Page;
use crate::client::browser::storage;
use crate::room::Preferences;

/// The preferences of this browser.
pub(super) struct Memory {
    page: Page,
    preferences: Preferences,
}

impl Memory {
    /// Recalls what earlier visits remembered, and shows it.
    pub(super) fn recall(page: Page) -> Self {
        let preferences = storage::load(&page.window);
        page.session.preferences.set(preferences.clone());
        Self { page, preferences }
    }

    /// What is remembered now.
    pub(super) fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Remembers something else from now on.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Preferences)) {
        change(&mut self.preferences);
        storage::store(&self.page.window, &self.preferences);
        self.page.session.preferences.set(self.preferences.clone());
    }
}
