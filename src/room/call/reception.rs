//! How what somebody sends arrives, as far as the SFU has to do with it.
//!
//! Invariant: nothing is known of who is not there.

use super::roster::person_mut;
use super::state::Call;
use crate::protocol::PeerId;
use crate::room::moment::Moment;
use crate::room::participant::TrackKind;
use crate::room::path::link::Carrier;

/// Something that somebody sends does not come over this carrier, although it is wished for.
pub(crate) fn set_failing(call: &mut Call, id: &PeerId, carrier: Option<Carrier>) {
    if let Some(person) = person_mut(call, id) {
        person.failing = carrier;
    }
}

/// There is no bandwidth for a picture of somebody, or there is again.
pub(crate) fn set_paused(
    call: &mut Call,
    id: &PeerId,
    kind: TrackKind,
    is_paused: bool,
    now: Moment,
) {
    if let Some(person) = person_mut(call, id) {
        person.paused.set(kind, is_paused, now);
    }
}
