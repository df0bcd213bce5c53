//! How much a thread has to do, and what it leaves undone so that the rest is done in time.
//!
//! Pure. Invariant: voices and screens never suffer from it.

use std::time::Duration;

use crate::protocol::sfu::ViewedSize;

/// Turns that take longer than this on average hold up what comes meanwhile for too long.
const HEAVY: Duration = Duration::from_millis(4);

/// And these for so long that it is heard.
const TOO_HEAVY: Duration = Duration::from_millis(8);

/// How much a thread has to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Load {
    /// There is time for everything.
    #[default]
    Bearable,
    /// It takes no more rooms, and passes on faces no larger than in half of their size.
    Heavy,
    /// It passes on every second picture only of what is shown small, too.
    TooHeavy,
}

impl Load {
    /// The load of a thread that does not rest, and whose turns take so long on average.
    pub(super) fn of_turns(mean: Duration) -> Self {
        if mean > TOO_HEAVY {
            Self::TooHeavy
        } else if mean > HEAVY {
            Self::Heavy
        } else {
            Self::Bearable
        }
    }

    /// Says as how large something counts that is shown so large.
    pub(super) fn cap(self, size: ViewedSize, is_screen: bool) -> ViewedSize {
        match self {
            Self::Heavy | Self::TooHeavy if !is_screen => size.min(ViewedSize::Medium),
            _ => size,
        }
    }

    /// Says whether half of the pictures are left out of what is shown so large.
    pub(super) fn thins(self, size: ViewedSize, is_screen: bool) -> bool {
        self == Self::TooHeavy && size == ViewedSize::Thumbnail && !is_screen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_turns_take_the_less_is_done() {
        let of = |milliseconds| Load::of_turns(Duration::from_millis(milliseconds));
        assert_eq!([4, 5, 8, 9].map(of), {
            use Load::{Bearable, Heavy, TooHeavy};
            [Bearable, Heavy, Heavy, TooHeavy]
        });
    }

    #[test]
    fn faces_are_shown_in_half_of_their_size_and_screens_as_they_are() {
        use ViewedSize::{Hidden, Large, Medium, Thumbnail};
        let all = [Hidden, Thumbnail, Medium, Large];
        assert_eq!(all.map(|it| Load::Bearable.cap(it, false)), all);
        for load in [Load::Heavy, Load::TooHeavy] {
            let capped = [Hidden, Thumbnail, Medium, Medium];
            assert_eq!(all.map(|it| load.cap(it, false)), capped);
            assert_eq!(all.map(|it| load.cap(it, true)), all);
        }
    }

    #[test]
    fn only_small_faces_are_thinned_and_only_when_it_is_too_much() {
        use ViewedSize::{Large, Medium, Thumbnail};
        assert!(Load::TooHeavy.thins(Thumbnail, false));
        assert!(!Load::TooHeavy.thins(Thumbnail, true));
        assert!(!Load::TooHeavy.thins(Medium, false));
        assert!(!Load::TooHeavy.thins(Large, false));
        assert!(!Load::Heavy.thins(Thumbnail, false));
    }
}
