//! What somebody in a room is: somebody with a page, or a device.

use serde::Deserialize;

use crate::protocol::message::words;

words! {
    /// What somebody in a room is, as they say themselves. Everyone has a seat and speaks the same protocol; the kind says how
    /// they are shown.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
    pub enum ParticipantKind {
        /// A program: a sensor, a lamp, a bot.
        Device = "device";
        /// Somebody with a page; also what is taken for a kind that is not known.
        #[default]
        #[serde(other)]
        Person = "person"
    }
}

impl ParticipantKind {
    /// Whether it need not be said.
    pub(super) fn is_person(&self) -> bool {
        *self == Self::Person
    }
}
