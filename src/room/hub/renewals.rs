//! How often somebody may have their files begun anew by the SFU: what is asked too soon is honoured a moment later, once.
//!
//! Pure. Invariant: whoever asked is heard after they did, and each at most every [`RENEWED_EVERY_MS`]; only those of the last moment
//! are remembered.

use super::event::HubPerson;
use crate::protocol::PeerId;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;

/// Somebody may have content begun anew so often, in ms.
const RENEWED_EVERY_MS: u64 = 500;

/// Somebody had content begun anew.
#[derive(Clone, Copy, Debug)]
struct Renewal {
    /// It was at this moment, the last time.
    at: Moment,
    /// They asked again since then, which is too soon.
    is_due: bool,
    /// They are in the room.
    is_there: bool,
}

/// Those who had content begun anew a moment ago.
#[derive(Clone, Debug, Default)]
pub(super) struct Renewals(OrderedMap<PeerId, Renewal>);

impl Renewals {
    /// Somebody says that their files begin anew by the SFU; says whether what we have for them is to be said anew at once. What is
    /// asked too soon is found by [`Self::follow`] later.
    pub(super) fn ask(&mut self, peer: &PeerId, now: Moment) -> bool {
        let last = self.0.get_mut(peer);
        if let Some(last) = last.filter(|last| now < last.next()) {
            last.is_due = true;
            return false;
        }
        self.0.insert(peer.clone(), Renewal::at(now));
        true
    }

    /// These people are there, and it is so late: says for whom what we have is to be said anew, as they asked too soon before.
    pub(super) fn follow(&mut self, people: &[HubPerson], now: Moment) -> Vec<PeerId> {
        let mut due = Vec::new();
        if self.0.is_empty() {
            return due;
        }
        for renewal in self.0.values_mut() {
            renewal.is_there = false;
        }
        for person in people {
            if let Some(renewal) = self.0.get_mut(&person.id) {
                renewal.is_there = true;
            }
        }
        self.0.retain(|peer, renewal| {
            let is_over = renewal.next() <= now;
            if renewal.is_there && renewal.is_due && is_over {
                *renewal = Renewal::at(now);
                due.push(peer.clone());
                return true;
            }
            renewal.is_there && !is_over
        });
        due
    }

    /// When [`Self::follow`] finds somebody.
    pub(super) fn next_deadline(&self) -> Option<Moment> {
        let due = self.0.values().filter(|renewal| renewal.is_due);
        due.map(|renewal| renewal.next()).min()
    }
}

impl Renewal {
    fn at(at: Moment) -> Self {
        Self {
            at,
            is_due: false,
            is_there: true,
        }
    }

    /// When the next is honoured.
    fn next(self) -> Moment {
        self.at.plus(RENEWED_EVERY_MS)
    }
}

#[cfg(test)]
#[path = "tests/renewals.rs"]
mod tests;
