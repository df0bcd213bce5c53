//! What devices tell and what they can be told: their last values, two minutes of each number, and the controls that they
//! announce. One model: events in, effects out.
//!
//! Its rules come with the second wasm, so that nothing of them is in what a call begins with: only [`Dashboard`] names them,
//! and calls them by a pointer.

pub(crate) mod board;
pub(crate) mod control;
pub(crate) mod event;
pub(crate) mod gauge;
pub(crate) mod rules;
pub(crate) mod series;
pub(crate) mod state;

pub use board::{Board, DevicePanel};
pub use control::{Control, ControlKind, Press};
pub use gauge::{Gauge, GaugeValue};
pub use rules::RULES;
pub use state::Rules;
