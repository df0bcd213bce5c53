//! What was told of who comes, goes and sends what in a crowd, and waits for more of its kind.
//!
//! Pure. Invariant: nothing waits longer than [`TOGETHER_MS`].

use crate::room::call::change::CallChange;
use crate::room::moment::Moment;

/// What follows from presence in a crowd is looked at no more often than this, in ms.
const TOGETHER_MS: u64 = 100;

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
pub(super) struct Waiting {
    /// It can be seen in what is shown of the call.
    pub(super) is_shown: bool,
    /// It means this to the rest of the visit; nothing is named twice.
    pub(super) changes: Vec<CallChange>,
}

impl Backlog {
    /// When what waits is to be followed; `None` while nothing does.
    pub(super) fn due(&self) -> Option<Moment> {
        self.waiting.as_ref().map(|_| self.again_at)
    }

    /// Lets what became different wait for more of its kind; false when it has to be followed now: nothing was for a while, or it
    /// is no matter of presence alone.
    pub(super) fn may_wait(&mut self, is_shown: bool, changes: &[CallChange], now: Moment) -> bool {
        let is_presence = |change: &CallChange| {
            matches!(
                change,
                CallChange::People | CallChange::Tiles | CallChange::Screens
            )
        };
        if !changes.iter().all(is_presence) {
            return false;
        }
        if self.waiting.is_none() && self.again_at <= now {
            self.again_at = now.plus(TOGETHER_MS);
            return false;
        }
        let waiting = self.waiting.get_or_insert_default();
        waiting.is_shown |= is_shown;
        for change in changes {
            if !waiting.changes.contains(change) {
                waiting.changes.push(*change);
            }
        }
        true
    }

    /// Gives what waits, to be followed now.
    pub(super) fn take(&mut self, now: Moment) -> Option<Waiting> {
        let waiting = self.waiting.take()?;
        self.again_at = now.plus(TOGETHER_MS);
        Some(waiting)
    }
}
