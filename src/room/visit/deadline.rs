//! Time: when the visit has to be woken, and what it does then.
//!
//! Invariant: nothing is done because time passed that [`Visit::next_deadline`] did not name before.

use super::sfu_event::SfuEvent;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::room::call::event::Event;
use crate::room::dashboard::event::DashboardEvent;
use crate::room::hub::HubEvent;
use crate::room::messaging::event::MessagingEvent;
use crate::room::moment::Moment;

impl Visit {
    /// The moment at which [`super::event::VisitEvent::Time`] is needed next, if nothing happens before; it may have passed.
    pub fn next_deadline(&self, now: Moment) -> Option<Moment> {
        [
            self.call.next_deadline(),
            self.backlog.due(),
            self.messaging_due(now),
            self.viewing_due(),
            self.kept.due(),
            self.showing.due(),
            self.gathering.next_deadline(),
            self.dashboard.next_deadline(),
            self.reading_due(),
            self.count_due(),
            self.look_due(),
            self.hub.next_deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Does what is due.
    pub(super) fn time_passed(&mut self, turn: &mut VisitTurn) {
        let now = turn.context.now;
        let is_due = |due: Option<Moment>| due.is_some_and(|due| due <= now);
        if is_due(self.call.next_deadline()) {
            self.hear_call(Event::Tick, turn);
        }
        if is_due(self.messaging_due(now)) {
            self.hear_messaging(MessagingEvent::Tick, turn);
        }
        if is_due(self.dashboard.next_deadline()) {
            self.hear_dashboard(DashboardEvent::Tick, turn);
        }
        turn.views_moved |= is_due(self.viewing_due());
        if is_due(self.kept.due()) {
            self.show_files(turn);
        }
        if is_due(self.hub.next_deadline()) {
            self.tell_sfu(SfuEvent::Hub(HubEvent::Tick), turn);
        }
        self.tell_what_was_gathered(turn);
        self.read_when_due(turn);
        self.count_when_due(turn);
        self.look_when_due(turn);
    }

    fn messaging_due(&self, now: Moment) -> Option<Moment> {
        self.messaging.as_ref()?.next_deadline(now)
    }

    /// Somebody is told at this moment that they are shown smaller.
    fn viewing_due(&self) -> Option<Moment> {
        self.messaging.as_ref()?;
        self.viewing.next_deadline()
    }
}

#[cfg(test)]
#[path = "tests/deadline.rs"]
mod tests;
