//! Which path somebody's media is saved from, where it may come over two: directly and over the SFU.
//!
//! Invariant: nothing is saved twice, and nothing is left out because the path that was chosen is gone.

use std::collections::HashMap;

use crate::device::media::stint::Stint;
use crate::protocol::PeerId;
use crate::room::{PathId, TrackKind};

/// The paths that were chosen.
#[derive(Debug, Default)]
pub(super) struct Choices(HashMap<(PeerId, TrackKind), PathId>);

impl Choices {
    /// What somebody sends of this kind is taken from this path from now on.
    pub(super) fn choose(&mut self, peer: PeerId, kind: TrackKind, path: PathId) {
        self.0.insert((peer, kind), path);
    }

    /// Whether something is taken from a path, where `is_there` knows which paths have a connection.
    pub(super) fn takes(
        &self,
        stint: &Stint,
        path: PathId,
        is_there: impl FnOnce(PathId) -> bool,
    ) -> bool {
        let chosen = self.0.get(&(stint.whose.clone(), stint.kind));
        chosen.is_none_or(|chosen| *chosen == path || !is_there(*chosen))
    }

    /// Forgets everybody who is not like this.
    pub(super) fn keep(&mut self, is_kept: impl Fn(&PeerId) -> bool) {
        self.0.retain(|(peer, _), _| is_kept(peer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Moment;
    use crate::room::path::id::PathIds;

    #[test]
    fn what_is_chosen_is_taken_and_the_other_only_while_that_is_gone() {
        let mut ids = PathIds::since(Moment(1));
        let [direct, hub] = [ids.give(), ids.give()];
        let ada = PeerId::new("ada");
        let stint = |kind| Stint {
            number: 0,
            whose: ada.clone(),
            kind,
        };
        let [voice, face] = [TrackKind::Microphone, TrackKind::Camera].map(stint);
        let mut choices = Choices::default();
        assert!(
            choices.takes(&voice, direct, |_| true),
            "nothing was chosen"
        );
        choices.choose(ada.clone(), TrackKind::Microphone, hub);
        assert!(choices.takes(&voice, hub, |_| true));
        assert!(!choices.takes(&voice, direct, |_| true));
        assert!(choices.takes(&voice, direct, |path| path != hub));
        assert!(choices.takes(&face, direct, |_| true));
        choices.keep(|peer| *peer != ada);
        assert!(choices.takes(&voice, direct, |_| true));
    }
}
