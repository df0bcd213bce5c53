//! Who is there and whom messages reach, as the program was told.
//!
//! Invariant: the program hears of somebody before it hears that they are reached, and that they are not before that they left.

use std::collections::HashSet;

use crate::device::lines::event::{Event, Somebody};
use crate::protocol::PeerId;
use crate::room::Person;

/// What the program knows.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// These are there, in order of arrival.
    known: Vec<Somebody>,
    /// These are reached, in the order in which they came to be.
    reached: Vec<PeerId>,
}

impl Roster {
    /// The call begins with these; the event that says so names them.
    pub(super) fn begin(&mut self, people: &[Person]) -> Vec<Somebody> {
        *self = Self::default();
        self.known = people.iter().map(somebody).collect();
        self.known.clone()
    }

    /// These are there now: says who came and who went.
    pub(super) fn follow(&mut self, people: &[Person]) -> Vec<Event> {
        let mut events = Vec::new();
        let here: HashSet<&PeerId> = people.iter().map(|person| &person.id).collect();
        for gone in self
            .known
            .extract_if(.., |known| !here.contains(&known.peer))
        {
            let reached = self.reached.iter().position(|peer| *peer == gone.peer);
            if let Some(index) = reached {
                self.reached.remove(index);
                let peer = gone.peer.clone();
                events.push(Event::Disconnected { peer });
            }
            events.push(Event::PersonLeft { peer: gone.peer });
        }
        let known: HashSet<&PeerId> = self.known.iter().map(|known| &known.peer).collect();
        let new = people.iter().filter(|person| !known.contains(&person.id));
        let new: Vec<Somebody> = new.map(somebody).collect();
        events.extend(new.iter().cloned().map(Event::PersonJoined));
        self.known.extend(new);
        events
    }

    /// Whether the program heard of somebody.
    pub(super) fn knows(&self, peer: &PeerId) -> bool {
        self.known.iter().any(|known| known.peer == *peer)
    }

    /// Messages reach somebody now; `None` for a stranger, and when that was known.
    pub(super) fn reach(&mut self, peer: &PeerId) -> Option<Event> {
        if !self.knows(peer) || self.reached.contains(peer) {
            return None;
        }
        self.reached.push(peer.clone());
        Some(Event::Connected { peer: peer.clone() })
    }

    /// Messages reach somebody no more; `None` when they did not.
    pub(super) fn lose(&mut self, peer: &PeerId) -> Option<Event> {
        let index = self.reached.iter().position(|reached| reached == peer)?;
        let peer = self.reached.remove(index);
        Some(Event::Disconnected { peer })
    }

    /// Those whom messages reach.
    pub(super) fn reached(&self) -> &[PeerId] {
        &self.reached
    }
}

fn somebody(person: &Person) -> Somebody {
    Somebody {
        peer: person.id.clone(),
        name: person.name.to_string(),
        kind: person.kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{DisplayName, MediaState, ParticipantKind};
    use crate::room::path::need::Need;
    use crate::room::{Hand, PausedPictures, Presence};

    fn person(id: &str) -> Person {
        let name = DisplayName::parse(id).unwrap();
        Person {
            id: PeerId::new(id),
            given: name.clone(),
            name,
            media: MediaState::default(),
            hand: Hand::Lowered,
            kind: ParticipantKind::Device,
            presence: Presence::Here,
            sfu: None,
            direct: None,
            need: Need::default(),
            failing: None,
            paused: PausedPictures::default(),
        }
    }

    #[test]
    fn a_program_hears_of_people_in_an_order_that_makes_sense() {
        let mut roster = Roster::default();
        let [ada, ben] = ["ada", "ben"].map(PeerId::new);
        assert_eq!(roster.begin(&[person("ada")]).len(), 1);
        assert_eq!(roster.reach(&ben), None, "a stranger");
        let events = roster.follow(&[person("ada"), person("ben")]);
        assert!(matches!(&events[..], [Event::PersonJoined(somebody)] if somebody.peer == ben));
        assert_eq!(
            roster.reach(&ben),
            Some(Event::Connected { peer: ben.clone() })
        );
        assert_eq!(roster.reach(&ben), None);
        assert_eq!(roster.reached(), std::slice::from_ref(&ben));
        let gone = [
            Event::Disconnected { peer: ben.clone() },
            Event::PersonLeft { peer: ben.clone() },
        ];
        assert_eq!(roster.follow(&[person("ada")]), gone);
        assert_eq!(roster.lose(&ben), None);
        assert_eq!(roster.follow(&[]), [Event::PersonLeft { peer: ada }]);
    }
}
