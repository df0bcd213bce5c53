//! A room on its shard: who is in it, and whose voices are passed on.

use super::keys::MemberId;
use super::voices::Voices;

/// A room.
#[derive(Default)]
pub(super) struct Room {
    /// The members, in order of arrival.
    pub(super) members: Vec<MemberId>,
    /// The voices that are passed on.
    pub(super) voices: Voices<MemberId>,
    /// These voices were passed on when the slots were last given out.
    heard: Vec<MemberId>,
    /// Something changed that decides who is sent what.
    pub(super) is_dirty: bool,
}

impl Room {
    /// Says whether other voices are passed on than when this was last asked.
    pub(super) fn has_other_voices(&mut self) -> bool {
        let is_other = self.heard != self.voices.forwarded();
        if is_other {
            self.heard = self.voices.forwarded().to_vec();
        }
        is_other
    }
}
