//! Whether a receiver is heard of.
//!
//! Invariant: one that nothing is sent to is not silent, nor is one that never gave feedback.

use super::micros::Micros;

/// A receiver that gives no feedback for this long, in µs, is silent.
const LONG: Micros = 2_000_000;

/// What a silence means is to be done as often as this, in µs.
const AGAIN: Micros = 1_000_000;

/// Waits for feedback.
#[derive(Debug, Default)]
pub(super) struct Silence {
    /// When feedback last came.
    heard: Option<Micros>,
    /// When the silence begins, if nothing comes; `None` while nothing was sent that could be told of.
    begins: Option<Micros>,
}

impl Silence {
    /// Something was sent.
    pub(super) fn sent(&mut self, at: Micros) {
        self.begins.get_or_insert(at.saturating_add(LONG));
    }

    /// Feedback came.
    pub(super) fn heard(&mut self, at: Micros) {
        *self = Self {
            heard: Some(at),
            begins: None,
        };
    }

    /// When something is to be done about a silence.
    pub(super) fn due(&self) -> Option<Micros> {
        self.begins.filter(|_| self.heard.is_some())
    }

    /// Whether something is to be done about it now.
    pub(super) fn take(&mut self, now: Micros) -> bool {
        let is_due = self.due().is_some_and(|due| due <= now);
        if is_due {
            self.begins = Some(now.saturating_add(AGAIN));
        }
        is_due
    }

    /// Whether the receiver gives feedback, even if not just now.
    pub(super) fn is_known(&self, now: Micros) -> bool {
        self.heard
            .is_some_and(|heard| now.saturating_sub(heard) < 2 * LONG)
    }
}

#[cfg(test)]
#[path = "tests/silence.rs"]
mod tests;
