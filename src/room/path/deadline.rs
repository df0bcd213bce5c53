//! Time: when a path has to be woken, and what it does then.
//!
//! Invariant: before its deadline nothing is due, and a path that does not come up is told of once.

use super::command::Route;
use super::contact::Contact;
use super::diagnosis::Relays;
use super::mesh::Path;
use super::negotiation::terms::Terms;
use super::recovery::Remedy;
use super::state::PathState;
use super::step::PathStep;
use crate::room::moment::Moment;

/// A first connection may take this long before the user is told that it failed, in ms.
const SETUP_MS: u64 = 30_000;

impl Path {
    /// When [`Self::tick`] has something to do, as long as the contact is this.
    pub(crate) fn next_deadline(&self, contact: Contact) -> Option<Moment> {
        let repair = self.recovery.next_attempt();
        let deadlines = [
            self.overdue_at(),
            repair.filter(|_| contact.takes_repairs()),
            self.negotiation.next_deadline(contact.reachability()),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// When it is to be mended next, as far as somebody would hear of it; `None` while it needs no mending.
    pub(crate) fn next_attempt(&self) -> Option<Moment> {
        self.recovery.next_attempt()
    }

    /// When the user is told that it failed; `None` while it works, and once they were told.
    fn overdue_at(&self) -> Option<Moment> {
        match self.state {
            PathState::Connecting(since) => Some(since.plus(SETUP_MS)),
            PathState::Interrupted(_) => self.recovery.hopeless_at(),
            PathState::Connected | PathState::Failed(_) => None,
        }
    }

    /// Time passed. Repairs wait while it is doubtful whether they would be heard of; operations go on.
    pub(crate) fn tick(
        &mut self,
        contact: Contact,
        relays: Relays,
        terms: Terms<'_>,
    ) -> Vec<PathStep> {
        let mut steps = self.give_up_when_overdue(contact, relays, terms.now);
        let remedy = if contact.takes_repairs() {
            self.recovery
                .due(self.duty(), self.negotiation.tie(), terms.now)
        } else {
            None
        };
        let relayed = match relays {
            Relays::Offered => Route::Relayed,
            Relays::None => Route::Any,
        };
        steps.extend(self.negotiate(terms, |negotiation, terms| {
            let mut steps = negotiation.tick(contact.reachability(), terms);
            steps.extend(match remedy {
                Some(Remedy::RestartIce) => negotiation.restart_ice(Route::Any, terms),
                Some(Remedy::RestartRelayed) => negotiation.restart_ice(relayed, terms),
                Some(Remedy::Rebuild) => negotiation.rebuild(terms),
                None => Vec::new(),
            });
            steps
        }));
        steps
    }

    fn give_up_when_overdue(
        &mut self,
        contact: Contact,
        relays: Relays,
        now: Moment,
    ) -> Vec<PathStep> {
        if self.overdue_at().is_none_or(|due| due > now) {
            return Vec::new();
        }
        let failure = contact
            .failure()
            .unwrap_or_else(|| self.attempt.diagnose(self.stage(), relays));
        self.state = PathState::Failed(failure);
        vec![PathStep::GiveUp]
    }
}
