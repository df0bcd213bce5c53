//! Who records the call.
//!
//! Invariant: a person is listed from the moment they said so until they say that they stopped, or leave.

use crate::protocol::PeerId;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;
use crate::room::participant::Participant;

/// Somebody records, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// They do.
    On,
    /// They do not.
    Off,
}

/// Everyone who records, I among them.
#[derive(Clone, Debug, Default)]
pub struct Recorders {
    /// I have been recording since then; `None` while I do not.
    mine: Option<Moment>,
    /// These people record, and since then as far as this side knows.
    people: OrderedMap<PeerId, Moment>,
}

impl Recorders {
    /// Who records, and since when as far as this side knows.
    pub fn list(&self) -> Vec<(Participant, Moment)> {
        let mine = self.mine.map(|since| (Participant::Me, since));
        let people = self.people.iter();
        let people = people.map(|(peer, since)| (Participant::Peer(peer.clone()), *since));
        mine.into_iter().chain(people).collect()
    }

    /// Whether I record.
    pub fn mine(&self) -> Recording {
        if self.mine.is_some() {
            Recording::On
        } else {
            Recording::Off
        }
    }

    /// I start or stop; says whether that is a change.
    pub(crate) fn set_mine(&mut self, recording: Recording, now: Moment) -> bool {
        let changed = self.mine() != recording;
        if changed {
            self.mine = (recording == Recording::On).then_some(now);
        }
        changed
    }

    /// A person says that they start or stop; says whether that is a change.
    pub(crate) fn set(&mut self, peer: &PeerId, recording: Recording, now: Moment) -> bool {
        match recording {
            Recording::On if self.people.contains_key(peer) => false,
            Recording::On => {
                self.people.insert(peer.clone(), now);
                true
            }
            Recording::Off => self.people.remove(peer).is_some(),
        }
    }
}
