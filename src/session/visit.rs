//! The visit as the ui reads it.
//!
//! Invariant: the model is here once. The ui reads its parts where they stand, and what changes one part renders nothing
//! that reads another.

use leptos::prelude::*;

use crate::room::visit::SfuRules;
use crate::room::{Context, Visit, VisitEffect, VisitEvent};

/// The model of the visit. Cheap to copy.
#[derive(Clone, Copy)]
pub struct SharedVisit(StoredValue<Visit>);

impl Default for SharedVisit {
    fn default() -> Self {
        Self(StoredValue::new(Visit::default()))
    }
}

impl SharedVisit {
    /// Looks at all of it, untracked.
    pub fn with<R>(&self, look: impl FnOnce(&Visit) -> R) -> R {
        self.0.with_value(look)
    }

    /// A part of it that the ui follows.
    pub fn part<T>(&self, part: fn(&Visit) -> &T) -> VisitPart<T> {
        VisitPart {
            visit: self.0,
            changed: Trigger::new(),
            part,
        }
    }

    /// Takes the rules of the SFU ([`Visit::hand_in`]). Only the engine calls it.
    pub fn hand_in(&self, rules: SfuRules) {
        self.0.try_update_value(|visit| visit.hand_in(rules));
    }

    /// Takes in what happened; nothing comes of it once the page let go of the visit. Only the engine calls it.
    pub fn handle(&self, event: VisitEvent, context: Context) -> Vec<VisitEffect> {
        self.0
            .try_update_value(|visit| visit.handle(event, context))
            .unwrap_or_default()
    }
}

/// A part of the visit, followed like a signal.
pub struct VisitPart<T: 'static> {
    /// The whole model is here.
    visit: StoredValue<Visit>,
    /// This tells those who looked that the part may have changed.
    changed: Trigger,
    /// This finds the part in the model.
    part: fn(&Visit) -> &T,
}

impl<T> Clone for VisitPart<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for VisitPart<T> {}

impl<T> VisitPart<T> {
    /// Looks at it, tracked.
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.changed.track();
        self.with_untracked(look)
    }

    /// Looks at it, untracked.
    pub fn with_untracked<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.visit.with_value(|visit| look((self.part)(visit)))
    }

    /// Follows it without looking.
    pub fn track(&self) {
        self.changed.track();
    }

    /// It is different. Only the engine says so.
    pub fn notify(&self) {
        self.changed.notify();
    }
}
