//! What the model may not find out for itself, and is told with every event.

use crate::room::moment::Moment;

/// The model may not find this out for itself.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The event happened at this time.
    pub now: Moment,
    /// A fresh random number in `0.0..1.0`.
    pub chance: f64,
}
