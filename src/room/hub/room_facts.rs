//! What is the case of one person in a room, as far as it decides which carrier brings what they send.
//!
//! Pure. Invariant: what nobody would miss is not missed, so that no carrier is looked for in vain.

use super::carrier::{CarrierFacts, Footing};
use super::event::HubPerson;
use super::takeover::Missed;
use crate::protocol::sfu::{SfuAvailability, SfuUse};
use crate::room::participant::TrackKind;
use crate::room::path::state::PathState;
use crate::room::sending::view::{ViewRequest, ViewSize};

/// The SFU passes every voice on while no more people than this are unmuted.
const VOICES_OF_ALL: usize = 6;

/// What all takeovers are told of the room.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoomFacts {
    /// The room uses the SFU, or does not.
    pub(super) sfu_use: SfuUse,
    /// The connection to it stands like this.
    pub(super) hub: Footing,
    /// So many people reach each other directly at the most.
    pub(super) mesh_capacity: usize,
    /// Direct paths may be kept beside the SFU.
    pub(super) has_standby: bool,
    /// Nothing that others send is taken.
    pub(super) refuses_media: bool,
    /// We are unmuted.
    pub(super) is_unmuted: bool,
}

/// What their takeovers are told of them and the room, in which so many are.
pub(super) fn facts(person: &HubPerson, room: RoomFacts, count: usize) -> CarrierFacts {
    CarrierFacts {
        sfu_use: room.sfu_use,
        hub: room.hub,
        person: person.sfu,
        direct: match person.direct {
            Some((_, PathState::Connected)) => Footing::Connected,
            Some(_) => Footing::Possible,
            // Where no direct paths are kept beside the SFU none is begun only because something does not come over it.
            None if !room.has_standby
                && room.hub != Footing::Impossible
                && person.sfu.is_some_and(SfuAvailability::is_reached) =>
            {
                Footing::Impossible
            }
            None if count <= room.mesh_capacity => Footing::Possible,
            None => Footing::Impossible,
        },
    }
}

/// Whether more are unmuted, we among them, than the SFU passes on the voices of, so that it may pass on those of the loudest alone. It does
/// not count who is not connected to it: whom it passes on in truth shows by the slots.
pub(super) fn is_crowd(people: &[HubPerson], room: RoomFacts) -> bool {
    let unmuted = people.iter().filter(|person| person.media.audio).count();
    unmuted + usize::from(room.is_unmuted) > VOICES_OF_ALL
}

/// What is missed of a kind of track while it does not arrive.
pub(super) fn missed(
    person: &HubPerson,
    kind: TrackKind,
    view: ViewRequest,
    is_held_back: bool,
) -> Missed {
    let media = person.media;
    let is_awaited = match kind {
        TrackKind::Microphone => media.audio,
        TrackKind::Camera => media.video && view.camera != ViewSize::Hidden,
        TrackKind::ScreenAudio => media.screen,
        TrackKind::ScreenVideo => media.screen && view.screen != ViewSize::Hidden,
    };
    match (is_awaited, is_held_back) {
        (false, _) => Missed::Nothing,
        (true, true) => Missed::HeldBack,
        (true, false) => Missed::Something,
    }
}
