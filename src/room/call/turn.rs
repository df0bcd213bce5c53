//! One turn of the model: when it is, what chance says, and what it wants done.

use crate::protocol::{ClientMessage, MediaState};
use crate::room::call::change::CallChange;
use crate::room::call::effect::Effect;
use crate::room::context::Context;
use crate::room::hub::SfuSpeech;
use crate::room::moment::Moment;

/// One event on its way through the model: what the model may know, and what it has decided so far.
#[derive(Debug)]
pub(crate) struct Turn {
    /// The event happened then.
    pub(crate) now: Moment,
    /// Chance says this, a number in `0.0..1.0`.
    pub(crate) chance: f64,
    /// This is sent now.
    pub(crate) sent: MediaState,
    /// We speak to an SFU, or do not.
    pub(crate) speech: SfuSpeech,
    /// This should happen.
    pub(crate) effects: Vec<Effect>,
    /// The event can be seen in what is shown of the call.
    pub(crate) is_shown: bool,
    /// This became different, in the order in which it did; nothing is named twice.
    pub(crate) changes: Vec<CallChange>,
}

impl Turn {
    /// Nothing is decided yet; `sent` is what is sent now.
    pub(crate) fn new(context: Context, sent: MediaState) -> Self {
        Self {
            now: context.now,
            chance: context.chance,
            sent,
            speech: SfuSpeech::default(),
            effects: Vec::new(),
            is_shown: true,
            changes: Vec::new(),
        }
    }

    /// Adds an effect.
    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Tells of a change.
    pub(crate) fn change(&mut self, change: CallChange) {
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Adds a message to the server.
    pub(crate) fn send(&mut self, message: ClientMessage) {
        self.effects.push(Effect::Send(message));
    }
}
