//! What is to be said when the connection to the SFU does not come about.
//!
//! Responsible for what it means to the call; [`crate::room::hub`] decides what is done about it. Invariant: nothing is said while there
//! is no socket, for then it is we who are gone, which is told elsewhere.

use super::state::{Call, RoomState};
use crate::room::moment::Moment;
use crate::room::path::diagnosis::{ConnectionStage, PathFailure};
use crate::room::path::link::Link;
use crate::room::path::need::Need;
use crate::room::path::state::PathState;

/// The connection may be on its way so long before it is worth a word, in ms: then the server is told as well that it cannot be had.
const SHOWN_AFTER_MS: u64 = 8_000;

/// The server's media port is out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaPortTrouble {
    /// This is why.
    pub cause: MediaPortCause,
    /// So many people can be reached in no other way; with 0 the call goes on directly.
    pub cut_off: usize,
    /// The attempts of half a minute failed, and others are rare: asking for one brings it forward.
    pub has_failed: bool,
}

/// The server's media port is out of reach for this reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaPortCause {
    /// Nothing comes through between it and us.
    Network,
    /// The server does not answer what is offered to it.
    Server,
}

impl RoomState {
    /// What is wrong with the way to the server's media port, if that is to be said. The clock is looked at only where it matters.
    pub fn media_port_trouble(&self, now: &dyn Fn() -> Moment) -> Option<MediaPortTrouble> {
        let Self::Joined(call) = self else {
            return None;
        };
        let hub = call.hub?;
        Some(MediaPortTrouble {
            cause: cause(hub, now)?,
            cut_off: call.count_reached_over_server(),
            has_failed: matches!(hub.state, PathState::Failed(_)),
        })
    }
}

impl Call {
    fn count_reached_over_server(&self) -> usize {
        let people = self.people.iter();
        people.filter(|person| person.need != Need::Media).count()
    }
}

fn cause(hub: Link, now: &dyn Fn() -> Moment) -> Option<MediaPortCause> {
    let is_answered = match hub.state {
        PathState::Connected | PathState::Failed(PathFailure::Offline) => return None,
        PathState::Failed(failure) => failure != PathFailure::NoAnswer,
        PathState::Connecting(since) | PathState::Interrupted(since) => {
            if now().since(since) < SHOWN_AFTER_MS {
                return None;
            }
            hub.stage != ConnectionStage::Signaling
        }
    };
    Some(match is_answered {
        true => MediaPortCause::Network,
        false => MediaPortCause::Server,
    })
}

#[cfg(test)]
#[path = "tests/media_port.rs"]
mod tests;
