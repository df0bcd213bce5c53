//! Which pictures the SFU holds back for want of bandwidth, as far as that is to be seen.
//!
//! Invariant: a picture counts as paused only while nothing else brings it, and each change is told once.

use super::effect::HubEffect;
use super::members::Members;
use super::slots::Slots;
use crate::protocol::PeerId;
use crate::room::participant::TrackKind;
use crate::room::path::link::Carrier;

/// What was told of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Pausing {
    /// These are paused.
    told: Vec<(PeerId, TrackKind)>,
}

impl Pausing {
    /// Looks at it again, and tells what is different.
    pub(super) fn follow(
        &mut self,
        members: &Members,
        slots: &Slots,
        effects: &mut Vec<HubEffect>,
    ) {
        let over_hub = |(peer, kind): &(PeerId, TrackKind)| {
            let member = members.iter().find(|member| member.person.id == *peer);
            member.is_some_and(|member| member.chosen(*kind) != Some(Carrier::Direct))
        };
        let paused: Vec<_> = slots.paused().filter(over_hub).collect();
        let before = std::mem::take(&mut self.told);
        for (peer, kind) in before.iter().filter(|it| !paused.contains(it)) {
            effects.push(HubEffect::Paused(peer.clone(), *kind, false));
        }
        for (peer, kind) in paused.iter().filter(|it| !before.contains(it)) {
            effects.push(HubEffect::Paused(peer.clone(), *kind, true));
        }
        self.told = paused;
    }
}
