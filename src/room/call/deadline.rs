//! When the room next needs to be told that time passed.
//!
//! Invariant: before this moment a tick does nothing, and after a tick it lies ahead; so whoever ticks at this moment and
//! at no other misses nothing and never turns in circles.

use super::state::RoomState;
use super::{joining, paths, reconnecting, roster};
use crate::room::moment::Moment;

impl RoomState {
    /// The earliest moment at which [`Event::Tick`](crate::room::Event::Tick) does something if nothing else happens
    /// before: it is due at once when that moment has passed, and never when there is none. Every other event may change
    /// it.
    pub fn next_deadline(&self) -> Option<Moment> {
        match self {
            Self::Lobby(_) | Self::Left(_) => None,
            Self::Joining(entry) => Some(joining::next_deadline(entry)),
            Self::Joined(call) => {
                let others = [roster::next_deadline(call), paths::next_deadline(call)];
                let others = others.into_iter().flatten();
                others.chain([call.probe.next_deadline()]).min()
            }
            Self::Reconnecting(call, outage) => {
                let others = paths::next_silent_deadline(call).into_iter();
                others.chain([reconnecting::next_deadline(outage)]).min()
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/deadline.rs"]
mod tests;
