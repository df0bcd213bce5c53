//! The clock that is shown: for texts such as "for 12 s".
//!
//! Invariant: it goes on while somebody looks at it, and no longer.

use leptos::prelude::*;

use crate::room::Moment;

/// The clock. Cheap to copy.
#[derive(Clone, Copy)]
pub struct ShownTime {
    /// The clock shows this moment.
    now: RwSignal<Moment>,
    /// It goes, or was asked to.
    goes: StoredValue<bool>,
    /// Somebody looked since it last moved.
    is_watched: StoredValue<bool>,
}

impl Default for ShownTime {
    fn default() -> Self {
        Self {
            now: RwSignal::new(Moment::default()),
            goes: StoredValue::new(false),
            is_watched: StoredValue::new(false),
        }
    }
}

impl ShownTime {
    /// What it shows, tracked; and whether it stands and was not asked to go yet.
    pub(super) fn look(&self) -> (Moment, bool) {
        self.is_watched.set_value(true);
        let goes = self.goes.get_value();
        self.goes.set_value(true);
        (self.now.get(), !goes)
    }

    /// Moves it; whoever follows it looks again. Only the engine calls it.
    pub fn set(&self, now: Moment) {
        self.is_watched.set_value(false);
        self.now.set(now);
    }

    /// Whether it has to go on: somebody looked since it last moved. Only the engine asks, and stops it otherwise.
    pub fn goes_on(&self) -> bool {
        let is_watched = self.is_watched.get_value();
        self.goes.set_value(is_watched);
        is_watched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_to_go_once_and_goes_on_while_somebody_looks() {
        let owner = Owner::new();
        owner.set();
        let time = ShownTime::default();
        assert_eq!(untrack(|| time.look()), (Moment(0), true));
        assert_eq!(untrack(|| time.look()), (Moment(0), false));
        assert!(time.goes_on());
        time.set(Moment(250));
        // Looking again, because it moved, does not set it going anew.
        assert_eq!(untrack(|| time.look()), (Moment(250), false));
        assert!(time.goes_on());
        time.set(Moment(500));
        assert!(!time.goes_on(), "nobody looked");
        assert_eq!(untrack(|| time.look()), (Moment(500), true));
    }
}
