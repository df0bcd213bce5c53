//! A room's mode, as its task keeps it: looked at after everything that happens, and told to those who speak to the SFU.
//!
//! Invariant: nobody is welcomed under another mode than the one that holds with them in the room.

use super::actor::RoomActor;
use super::mode::Decision;
use super::seat::Handover;
use crate::protocol::sfu::{SfuMessage, SfuUse};
use crate::server::clock::UnixMillis;

impl RoomActor {
    /// Says when the mode has to be looked at although nothing happens.
    pub(super) fn next_decision(&self) -> Option<UnixMillis> {
        self.mode.as_ref()?.next_deadline()
    }

    /// Looks at the mode, and tells everyone if it is another now.
    pub(super) fn decide(&mut self) {
        let Some(mode) = &mut self.mode else {
            return;
        };
        let is_overloaded = (self.sfu_room.as_ref()).is_some_and(|room| room.is_overloaded());
        let facts = self.core.facts(is_overloaded);
        let decision = mode.decide(&facts, self.shared.clock.now());
        self.tell_decision(decision);
    }

    /// Changes the mode because the operator wants it.
    pub(super) fn flip_mode(&mut self) {
        let Some(mode) = &mut self.mode else {
            return;
        };
        let facts = self.core.facts(false);
        let decision = mode.flip(&facts, self.shared.clock.now());
        self.tell_decision(decision);
    }

    /// Takes the last decision: the server is about to stop.
    pub(super) fn end_mode(&mut self) -> Handover {
        let Some(mode) = &mut self.mode else {
            return Handover::None;
        };
        let facts = self.core.facts(false);
        let decision = mode.end(&facts, self.shared.clock.now());
        self.tell_decision(decision);
        match decision {
            Some(_) => Handover::ToDirect(self.carrying.subscribe()),
            None => Handover::None,
        }
    }

    fn tell_decision(&self, decision: Option<Decision>) {
        let Some(Decision { r#use, number, why }) = decision else {
            return;
        };
        let goes_through_sfu = r#use == SfuUse::On;
        tracing::info!(room = %self.id, goes_through_sfu, number, ?why, "decided");
        let told = SfuMessage::Use { r#use, number, why };
        self.announce([self.core.sfu_news(told)]);
    }
}
