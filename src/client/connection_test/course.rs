//! A check under way, and what it writes down.

use leptos::prelude::*;
use web_sys::Window;

use crate::client::browser::clock::Clock;
use crate::protocol::IceCandidate;
use crate::room::connection_test::{Check, Finding, FoundCandidate, TestStep};
use crate::session::Session;

/// A check under way.
pub(super) struct Course {
    /// Timers and connections are made with this.
    pub(super) window: Window,
    /// Times are taken from this.
    pub(super) clock: Clock,
    /// The findings are shown here.
    pub(super) session: Session,
}

impl Course {
    /// Changes what is known so far.
    pub(super) fn update(&self, change: impl FnOnce(&mut Check)) {
        // The page may be gone by now.
        let _ = self.session.check.try_update(change);
    }

    /// A step begins.
    pub(super) fn begin(&self, step: TestStep) {
        self.update(|check| check.begin(step));
    }

    /// A step ended with this.
    pub(super) fn end(&self, step: TestStep, finding: Finding) {
        self.update(|check| check.end(step, finding));
    }

    /// The browser found a candidate.
    pub(super) fn gathered(&self, candidate: &IceCandidate) {
        if let Some(found) = FoundCandidate::parse(&candidate.candidate) {
            self.update(|check| check.gathered(found));
        }
    }
}
