//! Who comes, goes and sends what in a crowd, taken in together: what follows from it for the rest of the visit is looked at once
//! for many.
//!
//! Invariant: nothing that may be of somebody new is handled before what follows from presence was looked at, and that is never later than
//! [`TOGETHER_MS`] after it was told. In a room that is no crowd it is at once.

use super::effect::Aspect;
use super::sfu_event::SfuEvent;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::protocol::ServerMessage;
use crate::room::call::change::CallChange;
use crate::room::call::event::Event;
use crate::room::moment::Moment;
use crate::room::visit::event::VisitEvent;

/// More others than this are a crowd.
const CROWD: usize = 40;

/// What follows from presence in a crowd is looked at no more often than this, in ms.
const TOGETHER_MS: u64 = 100;

/// What the server says of how somebody stands with the SFU has this in it.
const STANDING: &str = "\"peer-sfu\"";

/// What was told of presence and not followed yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Backlog {
    /// It may be followed again then.
    again_at: Moment,
    /// This became different meanwhile; `None` while nothing waits.
    waiting: Option<Waiting>,
}

/// This became different, and nobody but the call knows.
#[derive(Clone, Debug, Default)]
struct Waiting {
    /// It can be seen in what is shown of the call.
    is_shown: bool,
    /// It means this to the rest of the visit.
    changes: Vec<CallChange>,
}

impl Backlog {
    /// When what waits is to be followed.
    pub(super) fn due(&self) -> Option<Moment> {
        self.waiting.as_ref().map(|_| self.again_at)
    }
}

impl Visit {
    /// Follows what waits, unless this is only more of it, or has nothing to do with who is there.
    pub(super) fn catch_up_before(&mut self, event: &VisitEvent, turn: &mut VisitTurn) {
        let is_more = match event {
            VisitEvent::Call(event) => is_presence(event),
            VisitEvent::Unknown(text) => text.contains(STANDING),
            // They are of those who were there before.
            VisitEvent::Time
            | VisitEvent::Sampled(_)
            | VisitEvent::Levels(_)
            | VisitEvent::Read(_)
            | VisitEvent::ReadingsEnded => true,
            _ => false,
        };
        let is_due = self
            .backlog
            .due()
            .is_some_and(|due| due <= turn.context.now);
        if !is_more || is_due {
            self.catch_up(turn);
        }
    }

    /// Lets what became different because of presence wait for more of its kind; false when it has to be followed now.
    pub(super) fn may_wait(&mut self, is_shown: bool, changes: &[CallChange], now: Moment) -> bool {
        let is_crowd = self.call.call().is_some_and(|it| it.people.len() > CROWD);
        let waits = |change: &CallChange| {
            matches!(
                change,
                CallChange::People | CallChange::Tiles | CallChange::Screens
            )
        };
        if !is_crowd || !changes.iter().all(waits) {
            return false;
        }
        if self.backlog.waiting.is_none() && self.backlog.again_at <= now {
            self.backlog.again_at = now.plus(TOGETHER_MS);
            return false;
        }
        let waiting = self.backlog.waiting.get_or_insert_default();
        waiting.is_shown |= is_shown;
        for change in changes {
            if !waiting.changes.contains(change) {
                waiting.changes.push(*change);
            }
        }
        true
    }

    fn catch_up(&mut self, turn: &mut VisitTurn) {
        let Some(waiting) = self.backlog.waiting.take() else {
            return;
        };
        self.backlog.again_at = turn.context.now.plus(TOGETHER_MS);
        if waiting.is_shown {
            turn.changed(Aspect::Call);
        }
        for change in waiting.changes {
            self.follow(change, turn);
        }
        self.tell_sfu(SfuEvent::Followed, turn);
    }
}

/// Whether this only says who is there and what they send.
pub(super) fn is_presence(event: &Event) -> bool {
    matches!(
        event,
        Event::Server(
            ServerMessage::PeerJoined { .. }
                | ServerMessage::PeerLeft { .. }
                | ServerMessage::PeerAway { .. }
                | ServerMessage::PeerBack { .. }
                | ServerMessage::PeerMedia { .. }
                | ServerMessage::PeerHand { .. }
        )
    )
}
