//! Whether a story ended well: everyone who takes part is joined, lists the others as they are, and is connected to each
//! of them with descriptions that match; and then nothing stirs any more.

use super::world::World;
use crate::room::call::person::Presence;
use crate::room::call::state::RoomState;
use crate::room::path::state::PathState;

/// How long after the last trouble everything must have come right, in ms.
const PATIENCE_MS: u64 = 150_000;

/// How long it is watched after it came right, in ms.
const WATCHED_MS: u64 = 4_000;

/// How long before the end no offer may have been sent, in ms.
const QUIET_MS: u64 = 1_500;

impl World {
    /// Lets the story run to its end; says how long it took after the last trouble until everything was right, in ms.
    pub(crate) fn run(mut self) -> Result<u64, String> {
        let trouble_until = self.conditions.trouble_until;
        while self.now <= trouble_until {
            self.step();
        }
        let deadline = self.now + PATIENCE_MS;
        loop {
            let next = self.now + 500;
            while self.now < next {
                self.step();
            }
            match self.judge() {
                Ok(()) => break,
                Err(problem) if self.now > deadline => return Err(problem),
                Err(_) => {}
            }
        }
        let came_right = self.now;
        while self.now < came_right + WATCHED_MS {
            self.step();
        }
        self.judge()
            .map_err(|problem| format!("came right at {came_right}, but then: {problem}"))?;
        if self.now - self.last_offer < QUIET_MS {
            return Err(format!(
                "negotiation never rests: last at {}",
                self.last_offer
            ));
        }
        Ok(came_right - trouble_until)
    }

    fn judge(&self) -> Result<(), String> {
        let present: Vec<usize> = (0..self.participants.len())
            .filter(|who| self.takes_part(*who))
            .collect();
        for who in &present {
            let RoomState::Joined(call) = &self.participants[*who].state else {
                return Err(format!("{who} is not back in the room"));
            };
            if call.people.len() + 1 != present.len() {
                return Err(format!(
                    "{who} sees {} of {} others",
                    call.people.len(),
                    present.len() - 1
                ));
            }
            for person in &call.people {
                let id = &person.id;
                let Some(other) = self.owners.get(id) else {
                    return Err(format!("{who} sees nobody's {id}"));
                };
                let RoomState::Joined(theirs) = &self.participants[*other].state else {
                    return Err(format!("{who} sees {other}, who is not in the room"));
                };
                if theirs.me != *id {
                    return Err(format!("{who} sees a former {other}"));
                }
                if person.presence != Presence::Here {
                    return Err(format!("{who} takes {other} to be away"));
                }
                if (person.media, person.hand) != (theirs.told, theirs.hand) {
                    return Err(format!("{who} is wrong about {other}'s media or hand"));
                }
                let mine = self.participants[*who].connections.get(id);
                let facing = self.participants[*other].connections.get(&call.me);
                let (Some(mine), Some(facing)) = (mine, facing) else {
                    return Err(format!("no connection between {who} and {other}"));
                };
                if !mine.agrees_with(facing) {
                    return Err(format!("{who} and {other} hold different descriptions"));
                }
                if mine.changes > mine.negotiated {
                    return Err(format!("{who}'s change was never negotiated with {other}"));
                }
                if !self.flows(*who, id) {
                    return Err(format!("nothing flows between {who} and {other}"));
                }
                let Some(path) = call.path_to(person) else {
                    return Err(format!("{who} has no path to {other}"));
                };
                if path.state() != PathState::Connected {
                    return Err(format!("{who} shows {other} as {:?}", path.state()));
                }
                if !path.is_settled() {
                    return Err(format!("{who}'s negotiation with {other} is not settled"));
                }
            }
            let expected = self.participants[*who].connections.len();
            if expected != call.people.len() {
                return Err(format!("{who} keeps {expected} connections"));
            }
        }
        Ok(())
    }
}
