//! Everyone's pointer on the shared screens.
//!
//! Invariant: of each person at most one pointer is shown, the newest, and none longer than [`POINTER_SHOWN_MS`].

use super::frame::Position;
use crate::protocol::PeerId;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;

/// A pointer that does not move is shown this long, in ms.
pub const POINTER_SHOWN_MS: u64 = 3_000;

/// Somebody's pointer.
#[derive(Clone, Debug, PartialEq)]
pub struct Pointer {
    /// They point at this person's screen.
    pub screen: PeerId,
    /// They point here on it.
    pub position: Position,
    /// The pointer came then: one that does not move vanishes.
    pub at: Moment,
}

impl Pointer {
    fn shown_until(&self) -> Moment {
        self.at.plus(POINTER_SHOWN_MS)
    }

    /// How visible it is: 1.0 for two seconds, then fading to 0.0 in the third.
    pub fn opacity(&self, now: Moment) -> f64 {
        let age = now.since(self.at).min(POINTER_SHOWN_MS) as f64;
        ((POINTER_SHOWN_MS as f64 - age) / 1_000.0).min(1.0)
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Pointers {
    people: OrderedMap<PeerId, (u32, Option<Pointer>)>,
}

impl Pointers {
    /// Takes a pointer unless a newer one came before; says whether it did.
    pub(crate) fn moved(&mut self, from: &PeerId, sequence: u32, pointer: Pointer) -> bool {
        let newer = self
            .people
            .get(from)
            .is_none_or(|(last, _)| matches!(sequence.wrapping_sub(*last), 1..=0x7fff_ffff));
        if newer {
            self.people.insert(from.clone(), (sequence, Some(pointer)));
        }
        newer
    }

    pub(crate) fn shown(&self) -> impl Iterator<Item = (&PeerId, &Pointer)> {
        self.people
            .iter()
            .filter_map(|(peer, (_, pointer))| Some((peer, pointer.as_ref()?)))
    }

    /// When [`Self::fade`] hides a pointer; `None` while none is shown.
    pub(crate) fn next_deadline(&self) -> Option<Moment> {
        self.shown().map(|(_, pointer)| pointer.shown_until()).min()
    }

    /// Hides what is too old; says whether there was anything.
    pub(crate) fn fade(&mut self, now: Moment) -> bool {
        let mut faded = false;
        for (_, pointer) in self.people.values_mut() {
            let old = |pointer: &Pointer| pointer.shown_until() <= now;
            if pointer.as_ref().is_some_and(old) {
                *pointer = None;
                faded = true;
            }
        }
        faded
    }

    pub(crate) fn hide_all(&mut self) {
        for (_, pointer) in self.people.values_mut() {
            *pointer = None;
        }
    }

    /// Their count begins anew.
    pub(crate) fn forget(&mut self, peer: &PeerId) {
        self.people.remove(peer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer(x: f64, at: u64) -> Pointer {
        Pointer {
            screen: PeerId::new("ada"),
            position: Position::new(x, 0.0).unwrap(),
            at: Moment(at),
        }
    }

    #[test]
    fn the_newest_counts_whatever_the_order_of_arrival() {
        let ben = PeerId::new("ben");
        let mut pointers = Pointers::default();
        for (sequence, taken) in [
            (u32::MAX - 1, true),
            (u32::MAX, true),
            (0, true),
            (u32::MAX, false),
            (0, false),
            (5, true),
            (3, false),
        ] {
            let x = f64::from(sequence % 10) / 10.0;
            assert_eq!(
                pointers.moved(&ben, sequence, pointer(x, 0)),
                taken,
                "{sequence}"
            );
        }
        let (_, shown) = pointers.shown().next().unwrap();
        assert!((shown.position.x() - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_pointer_fades_and_goes_after_three_seconds() {
        let ben = PeerId::new("ben");
        let mut pointers = Pointers::default();
        pointers.moved(&ben, 1, pointer(0.5, 100));
        for (now, opacity) in [
            (100, 1.0),
            (2_100, 1.0),
            (2_600, 0.5),
            (3_100, 0.0),
            (9_000, 0.0),
        ] {
            let (_, shown) = pointers.shown().next().unwrap();
            assert!((shown.opacity(Moment(now)) - opacity).abs() < 1e-9, "{now}");
        }
        assert_eq!(pointers.next_deadline(), Some(Moment(3_100)));
        assert!(!pointers.fade(Moment(3_099)));
        assert!(pointers.fade(Moment(3_100)));
        assert_eq!(pointers.next_deadline(), None);
        assert_eq!(pointers.shown().count(), 0);
        assert!(
            !pointers.moved(&ben, 1, pointer(0.5, 4_000)),
            "an old one does not bring it back"
        );
    }
}
