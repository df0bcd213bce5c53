//! Who comes, goes and sends what in a crowd, taken in together: what follows from it for the rest of the visit is looked at once
//! for many.
//!
//! Invariant: nothing that may be of somebody new is handled before what follows from presence was looked at. In a room that is no
//! crowd it is at once.

use super::effect::Aspect;
use super::event::VisitEvent;
use super::sfu_event::SfuEvent;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::protocol::sfu::SfuAvailability;
use crate::protocol::{PeerId, ServerMessage};
use crate::room::call::change::CallChange;
use crate::room::call::event::Event;
use crate::room::call::roster;
use crate::room::call::state::RoomState;
use crate::room::moment::Moment;

/// More others than this are a crowd.
const CROWD: usize = 40;

/// What the server says of how somebody stands with the SFU has this in it.
const STANDING: &str = "\"peer-sfu\"";

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
        is_crowd && self.backlog.may_wait(is_shown, changes, now)
    }

    /// Somebody stands with the SFU like this.
    pub(super) fn hear_standing(
        &mut self,
        peer: &PeerId,
        sfu: SfuAvailability,
        turn: &mut VisitTurn,
    ) {
        if let RoomState::Joined(call) | RoomState::Reconnecting(call, _) = &mut self.call {
            roster::set_standing(call, peer, Some(sfu));
        }
        if !self.may_wait(true, &[], turn.context.now) {
            self.catch_up(turn);
            turn.changed(Aspect::Call);
            self.tell_hub_of_people(turn);
        }
    }

    /// Follows what waits.
    pub(super) fn catch_up(&mut self, turn: &mut VisitTurn) {
        let Some(waiting) = self.backlog.take(turn.context.now) else {
            return;
        };
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
