//! The board, and the rules that change it, once they are here.
//!
//! Invariant: until the rules are here, the newest announcement of controls of each device in the call waits for them, and
//! nothing else. What else devices say they say again.

use std::fmt;
use std::sync::Arc;

use super::board::Board;
use super::event::{DashboardEffect, DashboardEvent, is_announcement};
use crate::protocol::PeerId;
use crate::room::messaging::application::ReceivedApplicationMessage;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;

/// What becomes of the board when something happens, and what should happen because of it: [`super::RULES`], and no others.
#[derive(Clone, Copy)]
pub struct Rules(pub(super) fn(&mut Board, DashboardEvent, Moment) -> Vec<DashboardEffect>);

impl fmt::Debug for Rules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Rules")
    }
}

/// There are no two.
impl PartialEq for Rules {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The values and controls of devices.
#[derive(Clone, Debug, Default)]
pub struct Dashboard {
    /// The board changes by these, once they are here.
    rules: Option<Rules>,
    /// What each device announced last waits for the rules.
    waiting: OrderedMap<PeerId, Arc<ReceivedApplicationMessage>>,
    /// This is shown.
    board: Board,
}

impl Dashboard {
    /// What is shown.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The rules are here, while these devices are in the call: what waited is heard.
    pub(in crate::room) fn learn(
        &mut self,
        rules: Rules,
        devices: Vec<PeerId>,
        now: Moment,
    ) -> Vec<DashboardEffect> {
        self.rules = Some(rules);
        let mut effects = self.handle(DashboardEvent::Devices(devices), now);
        for (_, message) in std::mem::take(&mut self.waiting) {
            effects.extend(self.handle(DashboardEvent::Heard(message), now));
        }
        effects
    }

    /// Takes what happened.
    pub(in crate::room) fn handle(
        &mut self,
        event: DashboardEvent,
        now: Moment,
    ) -> Vec<DashboardEffect> {
        if let Some(Rules(apply)) = self.rules {
            return apply(&mut self.board, event, now);
        }
        match event {
            DashboardEvent::Devices(devices) => {
                self.waiting.retain(|device, _| devices.contains(device));
            }
            DashboardEvent::Heard(message) if is_announcement(&message) => {
                self.waiting.insert(message.from.clone(), message);
            }
            _ => {}
        }
        Vec::new()
    }

    /// The moment at which [`DashboardEvent::Tick`] does something, if nothing happens before.
    pub(in crate::room) fn next_deadline(&self) -> Option<Moment> {
        self.board.due
    }
}

#[cfg(test)]
#[path = "tests/state.rs"]
mod tests;
