//! What is told in passing.
//!
//! Invariant: at most [`SHOWN`] notices are shown at a time, and none that a newer one makes stale.

use super::action::Action;
use crate::room::{Notice, Occasion};

/// At most so many notices are shown at once.
const SHOWN: usize = 2;

/// A notice while it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownNotice {
    /// The number tells two notices of the same words apart.
    pub id: u64,
    /// The event it tells of; its words are the ui's.
    pub notice: Notice,
    /// A press on its button asks for this, and the notice goes with it. Most have no button.
    pub action: Option<Action>,
}

impl ShownNotice {
    /// Whether it tells of a message.
    pub fn is_message(&self) -> bool {
        matches!(self.notice, Notice::People(Occasion::Said(_), ..))
    }

    /// Whether something can be done about it: such a notice is looked at, and not only seen.
    pub fn asks(&self) -> bool {
        self.action.is_some() || matches!(self.notice, Notice::Unreachable(_))
    }
}

/// Whether nobody needs the older notice once the newer one is there: it says the same, or the newer tells of the same occasion
/// again.
fn makes_stale(newer: &Notice, older: &Notice) -> bool {
    match (newer, older) {
        (Notice::People(occasion, ..), Notice::People(before, ..)) => occasion == before,
        _ => newer == older,
    }
}

/// Shows a further notice behind those that are shown, oldest first. Where there are too many, the oldest makes room of
/// those about which nothing can be done, and else the oldest.
pub(super) fn take_in(notices: &mut Vec<ShownNotice>, newer: ShownNotice) {
    notices.retain(|older| !makes_stale(&newer.notice, &older.notice));
    while notices.len() >= SHOWN {
        let idle = notices.iter().position(|shown| !shown.asks());
        notices.remove(idle.unwrap_or(0));
    }
    notices.push(newer);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{DisplayName, PeerId};
    use crate::room::messaging::chat::Addressed;

    fn of(occasion: Occasion, who: &str) -> Notice {
        Notice::of(occasion, DisplayName::parse(who).unwrap())
    }

    fn lost(id: &str) -> Notice {
        Notice::Unreachable(PeerId::new(id))
    }

    /// The numbers of those shown after these notices, the first being 0.
    fn shown(told: &[Notice]) -> Vec<u64> {
        let mut notices = Vec::new();
        for (id, notice) in (0..).zip(told.iter().cloned()) {
            let action = None;
            take_in(&mut notices, ShownNotice { id, notice, action });
            assert!(notices.len() <= SHOWN);
        }
        notices.iter().map(|shown| shown.id).collect()
    }

    #[test]
    fn two_notices_are_shown_and_the_oldest_makes_room() {
        let all = [
            of(Occasion::Came, "Ada"),
            Notice::BackOnline,
            of(Occasion::HandRaised, "Ada"),
        ];
        assert_eq!(shown(&all[..1]), [0]);
        assert_eq!(shown(&all), [1, 2]);
    }

    #[test]
    fn a_notice_takes_the_place_of_the_one_of_the_same_occasion() {
        let (came, went) = (of(Occasion::Came, "Ada"), of(Occasion::Went, "Ada"));
        let again = of(Occasion::Went, "Bob");
        assert_eq!(shown(&[went.clone(), came.clone()]), [0, 1]);
        assert_eq!(shown(&[went.clone(), came, again.clone()]), [1, 2]);
        assert_eq!(shown(&[went, again]), [1]);
    }

    #[test]
    fn what_is_said_again_is_shown_once() {
        let (all, one) = (Addressed::Everyone, Addressed::Direct);
        let said = |addressed, who| of(Occasion::Said(addressed), who);
        assert_eq!(shown(&[Notice::LinkCopied, Notice::LinkCopied]), [1]);
        assert_eq!(shown(&[lost("a"), lost("a"), lost("b")]), [1, 2]);
        let more = [said(all, "Ada"), Notice::LinkCopied, said(all, "Bob")];
        assert_eq!(shown(&more), [1, 2]);
        assert_eq!(shown(&[said(all, "Ada"), said(one, "Ada")]), [0, 1]);
    }

    #[test]
    fn what_can_be_acted_on_stays_longer_than_what_is_only_told() {
        let (came, went) = (of(Occasion::Came, "Bob"), of(Occasion::Went, "Cleo"));
        assert_eq!(shown(&[lost("a"), came.clone(), went]), [0, 2]);
        assert_eq!(shown(&[lost("a"), lost("b"), came]), [1, 2]);
    }
}
