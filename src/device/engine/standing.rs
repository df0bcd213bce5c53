//! Where the device stands, as the program was told: what has to be said of it, and whether the visit is over.
//!
//! Invariant: `joined` is said once for each visit, and `reconnecting` and `reconnected` take turns in it.

use crate::device::exit::JoinEnd;
use crate::device::words;
use crate::room::{DepartureCause, JoinProblem, RoomState};

/// Where the device stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is not in the room.
    #[default]
    Outside,
    /// It is in the room.
    Inside,
    /// It is in the room, and looks for the server.
    Searching,
}

/// Something is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StandingChange {
    /// The device is in the room.
    Joined,
    /// The server is gone for now.
    Lost,
    /// The server is back.
    Found,
    /// The visit is over.
    Over(JoinEnd),
}

impl Standing {
    /// The room is in this state now: what is to be said of it.
    pub(super) fn follow(&mut self, state: &RoomState) -> Option<StandingChange> {
        let before = *self;
        match state {
            RoomState::Joined(_) => *self = Self::Inside,
            RoomState::Reconnecting(..) => *self = Self::Searching,
            RoomState::Lobby(_) | RoomState::Joining(_) | RoomState::Left(_) => {
                *self = Self::Outside;
            }
        }
        match (before, state) {
            (Self::Outside, RoomState::Joined(_)) => Some(StandingChange::Joined),
            (Self::Inside, RoomState::Reconnecting(..)) => Some(StandingChange::Lost),
            (Self::Searching, RoomState::Joined(_)) => Some(StandingChange::Found),
            (_, RoomState::Lobby(lobby)) => {
                let problem = lobby.problem.as_ref()?;
                Some(StandingChange::Over(end_of_joining(problem)))
            }
            (_, RoomState::Left(departure)) => {
                Some(StandingChange::Over(end_of_call(&departure.reason)))
            }
            _ => None,
        }
    }
}

fn end_of_joining(problem: &JoinProblem) -> JoinEnd {
    match words::join_problem(problem) {
        Some(words) => JoinEnd::Refused(words),
        None => JoinEnd::Unreachable(None),
    }
}

fn end_of_call(cause: &DepartureCause) -> JoinEnd {
    match (cause, words::departure(cause)) {
        (_, Some(words)) => JoinEnd::Refused(words),
        (DepartureCause::Left, None) => JoinEnd::Left,
        (_, None) => JoinEnd::Unreachable(None),
    }
}
