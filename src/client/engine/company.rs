//! Who I am and who else is there, as what people send each other has to know it.

use crate::protocol::{DisplayName, PeerId};
use crate::room::RoomState;

/// The people of the call.
#[derive(Clone, PartialEq)]
pub(super) struct Company {
    /// The server knows us by this id.
    pub(super) me: PeerId,
    /// The others know us by this name.
    pub(super) name: DisplayName,
    /// These others are here, each with a name.
    pub(super) people: Vec<(PeerId, DisplayName)>,
}

impl Company {
    /// The company in this state; `None` outside a call.
    pub(super) fn of(state: &RoomState) -> Option<Self> {
        let call = state.call()?;
        let people = call.people.iter();
        Some(Self {
            me: call.me.clone(),
            name: call.name.clone(),
            people: people
                .map(|person| (person.id.clone(), person.name.clone()))
                .collect(),
        })
    }
}
