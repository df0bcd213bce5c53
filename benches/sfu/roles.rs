//! Who takes part in a room of each case: whether they speak, show themselves, hear and watch.
//!
//! Invariant: a person watches others of their room alone, each in one size.

use super::case::{ALL_VOICES, Case, Kind, Size};

/// How somebody's pictures are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pictures {
    /// Not at all.
    None,
    /// In one size.
    Single,
    /// In three.
    Sizes,
}

/// Somebody of a room.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    /// They speak.
    pub(crate) speaks: bool,
    /// They show themselves so.
    pub(crate) shows: Pictures,
    /// They hear the others.
    pub(crate) hears: bool,
    /// They watch these people of the room, and the size they are served in.
    pub(crate) watches: Vec<(usize, Kind)>,
}

impl Case {
    /// So many people take part in a room, and so many are only taken to.
    fn people(self, size: Size) -> (usize, usize) {
        match (self, size) {
            (Self::OneToMany, Size::Whole) => (1, 40),
            (Self::OneToMany, Size::Small) => (1, 4),
            (Self::Everybody, Size::Whole) => (20, 0),
            (Self::Everybody, Size::Small) => (4, 0),
            (Self::Voices, Size::Whole) => (10, 100),
            (Self::Voices, Size::Small) => (10, 5),
            (Self::Gallery, Size::Whole) => (50, 0),
            (Self::Gallery, Size::Small) => (5, 0),
        }
    }

    /// The people of a room.
    pub(crate) fn roles(self, size: Size) -> Vec<Role> {
        let role = |speaks, shows, hears, watches| Role {
            speaks,
            shows,
            hears,
            watches,
        };
        let (active, audience) = self.people(size);
        match self {
            Self::OneToMany => {
                let shown = role(false, Pictures::Single, false, vec![]);
                let watcher = role(false, Pictures::None, false, vec![(0, Kind::Single)]);
                [vec![shown; active], vec![watcher; audience]].concat()
            }
            Self::Everybody => {
                let others = |me| (0..active).filter(move |other| *other != me);
                let watches = |me| others(me).map(|other| (other, Kind::Single)).collect();
                let person = |me| role(me < ALL_VOICES, Pictures::Single, true, watches(me));
                (0..active).map(person).collect()
            }
            Self::Voices => {
                let speaker = role(true, Pictures::None, false, vec![]);
                let listener = role(false, Pictures::None, true, vec![]);
                [vec![speaker; active], vec![listener; audience]].concat()
            }
            Self::Gallery => {
                let person = |me| {
                    let watches = gallery(me, active);
                    role(me < ALL_VOICES, Pictures::Sizes, true, watches)
                };
                (0..active).map(person).collect()
            }
        }
    }
}

/// Whom somebody of a gallery watches: the first person large, and the sixteen after themselves small.
fn gallery(me: usize, people: usize) -> Vec<(usize, Kind)> {
    let large = usize::from(me == 0);
    let after = (1..people).map(|step| (me + step) % people);
    let small = after.filter(|other| *other != large).take(16);
    let small = small.map(|other| (other, Kind::Quarter));
    [(large, Kind::Full)].into_iter().chain(small).collect()
}
