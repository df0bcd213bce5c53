//! What is to be said when the connection to the SFU does not come about.
//!
//! Responsible for what it means to the call; [`crate::room::hub`] decides what is done about it. Invariant: nothing is said while there
//! is no socket, for then it is we who are gone, which is told elsewhere.

use super::state::{Call, RoomState};
use crate::room::moment::Moment;
use crate::room::path::diagnosis::{ConnectionStage, PathFailure};
use crate::room::path::hub_link::HubLink;
use crate::room::path::need::Need;
use crate::room::path::state::PathState;

/// The connection may be on its way so long before it is worth a word, in ms: then the server is told as well that it cannot be had.
const SHOWN_AFTER_MS: u64 = 8_000;

/// An attempt is told of for so long from its begin, in ms, although it may go on.
const ATTEMPT_TOLD_MS: u64 = 5_000;

/// The server's media port is out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaPortTrouble {
    /// This is why.
    pub cause: MediaPortCause,
    /// It is this port, over UDP, as far as the server said so.
    pub port: Option<u16>,
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

/// The way to the server's media port is tried next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextTry {
    /// It is being tried.
    Now,
    /// It will be in so many seconds.
    In(u64),
    /// It will be, and when is not known.
    Sometime,
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
            port: hub.port,
            cut_off: call.count_reached_over_server(),
            has_failed: matches!(hub.link.state, PathState::Failed(_)),
        })
    }

    /// When the way to the server's media port is tried next, as long as there is trouble with it.
    pub fn next_media_port_try(&self, now: Moment) -> NextTry {
        match self.call().and_then(|call| call.hub) {
            Some(hub) => next_try(hub, now),
            None => NextTry::Sometime,
        }
    }
}

impl Call {
    fn count_reached_over_server(&self) -> usize {
        let people = self.people.iter();
        people.filter(|person| person.need != Need::Media).count()
    }
}

fn cause(hub: HubLink, now: &dyn Fn() -> Moment) -> Option<MediaPortCause> {
    let is_answered = match hub.link.state {
        PathState::Connected | PathState::Failed(PathFailure::Offline) => return None,
        PathState::Failed(failure) => failure != PathFailure::NoAnswer,
        PathState::Connecting(since) | PathState::Interrupted(since) => {
            if now().since(since) < SHOWN_AFTER_MS {
                // What failed is told of for as long as it does not stand, as it was before it was tried again.
                hub.failed? != PathFailure::NoAnswer
            } else {
                hub.link.stage != ConnectionStage::Signaling
            }
        }
    };
    Some(match is_answered {
        true => MediaPortCause::Network,
        false => MediaPortCause::Server,
    })
}

fn next_try(hub: HubLink, now: Moment) -> NextTry {
    if !matches!(hub.link.state, PathState::Failed(_)) {
        return NextTry::Now;
    }
    let is_under_way = |began: Moment| now.since(began) < ATTEMPT_TOLD_MS;
    match hub.attempts.next {
        _ if hub.attempts.last.is_some_and(is_under_way) => NextTry::Now,
        Some(due) if due > now => NextTry::In(due.since(now).div_ceil(1_000)),
        Some(_) => NextTry::Now,
        None => NextTry::Sometime,
    }
}

#[cfg(test)]
#[path = "tests/media_port.rs"]
mod tests;
