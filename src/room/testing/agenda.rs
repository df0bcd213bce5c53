//! What is going to happen in a simulated world.
//!
//! Invariant: what is due first comes first, and of what is due at the same moment what was planned first.

use std::collections::BTreeMap;

/// What is going to happen, by when it is due and when it was planned.
pub(crate) struct Agenda<H> {
    planned: BTreeMap<(u64, u64), H>,
    /// So much was planned so far.
    count: u64,
}

impl<H> Default for Agenda<H> {
    fn default() -> Self {
        Self {
            planned: BTreeMap::new(),
            count: 0,
        }
    }
}

impl<H> Agenda<H> {
    /// Plans something for this moment.
    pub(crate) fn plan(&mut self, at: u64, happening: H) {
        self.count += 1;
        self.planned.insert((at, self.count), happening);
    }

    /// What is due next, and when.
    pub(crate) fn next(&mut self) -> Option<(u64, H)> {
        let ((at, _), happening) = self.planned.pop_first()?;
        Some((at, happening))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_first_comes_first_and_then_what_was_planned_first() {
        let mut agenda = Agenda::default();
        for (at, happening) in [(2, 'c'), (1, 'a'), (2, 'd'), (1, 'b')] {
            agenda.plan(at, happening);
        }
        let all: Vec<_> = std::iter::from_fn(|| agenda.next()).collect();
        assert_eq!(all, [(1, 'a'), (1, 'b'), (2, 'c'), (2, 'd')]);
    }
}
