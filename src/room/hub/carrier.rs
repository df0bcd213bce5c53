//! The two carriers that something somebody sends can reach us over, and which of them should bring it.
//!
//! Responsible for the wish alone; [`super::takeover`] sees to it that it comes true without a gap. Invariant: the wish is a
//! function of what is the case now and of what is heard or seen now, and remembers nothing.

use crate::protocol::sfu::{SfuAvailability, SfuUse};
use crate::room::path::link::Carrier;

/// A connection can carry something now, or later, or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Footing {
    /// There is none, and none is to be made: it is out of reach, or more people are there than reach each other directly.
    Impossible,
    /// It does not carry anything now, and may: it is being set up or mended, or would be set up when it is asked for.
    Possible,
    /// It carries what is sent. A connection that fell silent does not.
    Connected,
}

/// What decides which carrier brings what one person sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CarrierFacts {
    /// The server wants the room to go through the SFU, or wants everyone to reach everyone directly.
    pub(crate) sfu_use: SfuUse,
    /// Our connection to the SFU stands like this.
    pub(crate) hub: Footing,
    /// The person stands with the SFU like this; `None` when they do not speak to it.
    pub(crate) person: Option<SfuAvailability>,
    /// The connection directly between the two of us stands like this.
    pub(crate) direct: Footing,
}

impl CarrierFacts {
    /// Whether a carrier can bring something of theirs now.
    pub(crate) fn stands(&self, carrier: Carrier) -> bool {
        match carrier {
            Carrier::Direct => self.direct == Footing::Connected,
            Carrier::Hub => {
                self.hub == Footing::Connected && self.person == Some(SfuAvailability::Ready)
            }
        }
    }

    /// Whether a carrier is worth being asked: it can bring something of theirs, or may soon.
    pub(crate) fn is_possible(&self, carrier: Carrier) -> bool {
        match carrier {
            Carrier::Direct => self.direct != Footing::Impossible,
            Carrier::Hub => {
                let is_reached = self.person.is_some_and(SfuAvailability::is_reached);
                self.hub != Footing::Impossible && is_reached
            }
        }
    }

    /// The carrier that should bring what they send, while `current` does. Where none does yet, a connection to the SFU that is
    /// on its way is waited for, at our end and at theirs: nobody is dialled in the meantime. Who is connected already is not
    /// kept silent for it.
    pub(crate) fn wished(&self, current: Option<Carrier>) -> Carrier {
        let is_awaited =
            current.is_none() && self.is_possible(Carrier::Hub) && !self.stands(Carrier::Direct);
        if self.sfu_use == SfuUse::On && (self.stands(Carrier::Hub) || is_awaited) {
            return Carrier::Hub;
        }
        if self.is_possible(Carrier::Direct) || self.person.is_none() {
            Carrier::Direct
        } else {
            Carrier::Hub
        }
    }
}

#[cfg(test)]
#[path = "tests/carrier.rs"]
mod tests;
