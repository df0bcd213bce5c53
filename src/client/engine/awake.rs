//! A screen that stays on during a call.

use super::errands::Errands;
use super::page::Page;
use crate::client::browser::wake_lock::WakeLock;

/// The wish for a screen that stays on.
pub(super) struct Awake {
    /// The lock is asked for with the page's window.
    page: Page,
    /// The wish and the lock are kept here.
    wake_lock: WakeLock,
}

impl Awake {
    /// The screen may go off.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            wake_lock: WakeLock::default(),
        }
    }

    /// Keeps the screen on from now on, or lets it go off.
    pub(super) fn keep(&self, awake: bool, errands: &Errands) {
        if !awake {
            self.wake_lock.release();
        } else if let Some(acquiring) = self.wake_lock.acquire(&self.page.window) {
            errands.run_quietly(acquiring);
        }
    }

    /// The page is shown again: the browser took the lock when it was hidden.
    pub(super) fn page_shown(&self, errands: &Errands) {
        if self.wake_lock.is_wanted() {
            self.keep(true, errands);
        }
    }
}
