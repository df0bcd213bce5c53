//! Where what people send each other passes: directly between them, or through the server.
//!
//! Invariant: whoever is told that something is direct sends nothing of it to the server, whichever way round.

use super::person::Person;
use super::state::Call;
use crate::protocol::sfu::SfuAvailability;
use crate::room::path::need::Need;
use crate::room::path::state::PathState;

/// Voices, pictures and messages pass here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// They go directly from one to the other.
    Direct,
    /// Some of them may go through the server.
    Mixed,
    /// All of them go through the server.
    Server,
}

impl Call {
    /// Where it passes between a person and me. While one takes over from the other, and for as long as they may still hear me over the
    /// server, it is both.
    pub fn passage_to(&self, person: &Person) -> Passage {
        let is_reached_over_server = person.sfu.is_some_and(SfuAvailability::is_reached);
        match person.need {
            Need::Standby | Need::Files | Need::Nothing => Passage::Server,
            Need::Media if self.hub_stands() && is_reached_over_server => Passage::Mixed,
            Need::Media => Passage::Direct,
        }
    }

    /// Where it passes in the call as a whole, as far as I take part in it.
    pub fn passage(&self) -> Passage {
        let mut all = self.people.iter().map(|person| self.passage_to(person));
        let first = match self.hub_stands() {
            true => Passage::Server,
            false => Passage::Direct,
        };
        let first = all.next().unwrap_or(first);
        match all.all(|passage| passage == first) {
            true => first,
            false => Passage::Mixed,
        }
    }

    /// Whether there is a connection to the SFU that carries something, or did and is about to again.
    fn hub_stands(&self) -> bool {
        matches!(
            self.hub.map(|hub| hub.link.state),
            Some(PathState::Connected | PathState::Interrupted(_))
        )
    }
}

#[cfg(test)]
#[path = "tests/passage.rs"]
mod tests;
