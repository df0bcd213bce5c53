//! One event on its way through the visit.

use super::effect::{Aspect, VisitEffect};
use crate::room::context::Context;

/// What the model may know, and what it has decided so far.
#[derive(Debug)]
pub(super) struct VisitTurn {
    /// The model may know this of the world: the time and what chance says.
    pub(super) context: Context,
    /// This should happen, in this order.
    pub(super) effects: Vec<VisitEffect>,
    /// People may be shown at another size now.
    pub(super) views_moved: bool,
}

impl VisitTurn {
    /// Nothing is decided yet.
    pub(super) fn new(context: Context) -> Self {
        Self {
            context,
            effects: Vec::new(),
            views_moved: false,
        }
    }

    /// Adds an effect.
    pub(super) fn effect(&mut self, effect: VisitEffect) {
        self.effects.push(effect);
    }

    /// Tells of a change, once.
    pub(super) fn changed(&mut self, aspect: Aspect) {
        let changed = VisitEffect::Changed(aspect);
        if !self.effects.contains(&changed) {
            self.effects.push(changed);
        }
    }
}
