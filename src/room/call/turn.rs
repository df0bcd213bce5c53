//! One turn of the model: when it is, what chance says, and what it wants done.

use crate::protocol::ClientMessage;
use crate::room::call::effect::Effect;
use crate::room::moment::Moment;

/// One call of [`update`]: what it may know, and what it has decided so far.
#[derive(Debug)]
pub(crate) struct Turn {
    /// The event happened at this time.
    pub(crate) now: Moment,
    /// A random number in `0.0..1.0`, which spreads attempts.
    pub(crate) chance: f64,
    /// These things should happen, in order.
    pub(crate) effects: Vec<Effect>,
}

impl Turn {
    /// Adds an effect.
    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Adds a message to the server.
    pub(crate) fn send(&mut self, message: ClientMessage) {
        self.effects.push(Effect::Send(message));
    }
}
