//! What a path is called between the model and its driver.

use crate::room::moment::Moment;

/// Names a path for as long as the page is open. A path keeps its name when its connection is replaced by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(u64);

/// So many paths can begin in each ms without a name being given twice.
const PATHS_OF_ONE_MS: u64 = 4_096;

/// Gives the paths of a call their names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PathIds {
    /// The next path gets this number.
    next: u64,
}

impl PathIds {
    /// Begins where no call that began earlier on this page can have ended: what a connection of that call still reports
    /// is then about a path that nobody knows.
    pub(crate) fn since(now: Moment) -> Self {
        Self {
            next: now.0.saturating_mul(PATHS_OF_ONE_MS),
        }
    }

    /// A name that was not given before.
    pub(crate) fn give(&mut self) -> PathId {
        let id = PathId(self.next);
        self.next = self.next.saturating_add(1);
        id
    }
}
