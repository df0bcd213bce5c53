//! The one function that changes the room's state.

use super::effect::Effect;
use super::event::{Circumstance, Event};
use super::state::RoomState;

/// Applies an event and says what should happen because of it.
pub fn update(_state: &mut RoomState, _circumstance: Circumstance, _event: Event) -> Vec<Effect> {
    Vec::new()
}
