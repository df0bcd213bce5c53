//! What may concern the SFU.
//!
//! Invariant: it is told before the rest of the visit hears of it, unless it says otherwise.

use crate::protocol::PeerId;
use crate::room::call::event::Event;
use crate::room::channel::Channel;
use crate::room::hub::HubEvent;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::event::MessagingEvent;
use crate::room::quality::reading::Reading;
use crate::room::sending::view::ViewRequest;

/// Something that may concern the SFU.
#[derive(Debug)]
pub(super) enum SfuEvent<'a> {
    /// This is about to be heard by the call, unless it is for the SFU alone.
    Call(&'a Event),
    /// The call has heard something: others may have come or gone, or stand otherwise.
    Followed,
    /// The server let us in.
    Welcomed,
    /// The server said something whose type is not known.
    Said(String),
    /// People may be shown at another size.
    Views,
    /// Somebody is about to be asked for this over their direct path.
    Ask(&'a PeerId, &'a mut ViewRequest),
    /// What arrives is about to be counted where silence would be trouble.
    Count,
    /// All that is to be said for now is said.
    Flush,
    /// The connection to the SFU was read.
    Read(&'a Reading),
    /// This is about to be heard by messaging.
    Messaging(&'a MessagingEvent),
    /// This is about to be said directly.
    Transmit(&'a PeerId, Channel, &'a Frame),
    /// The hub's model has to hear of this.
    Hub(HubEvent),
}
