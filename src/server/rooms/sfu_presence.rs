//! Who in a room is reached over the SFU.
//!
//! Pure, as the rest of the core. Invariant: only those who speak to the SFU are told, and only what is new to them.

use super::core::{News, RoomCore};
use super::ids::ConnectionId;
use super::sfu_standing::SfuStanding;
use crate::protocol::PeerId;
use crate::protocol::sfu::{SfuAvailability, SfuFault, SfuMessage};

impl RoomCore {
    /// Notes what the SFU says of a peer. There is no news when nothing changed for the others.
    pub(super) fn set_heard(
        &mut self,
        peer: &PeerId,
        availability: SfuAvailability,
    ) -> Option<News<SfuMessage>> {
        let index = self.seats.iter().position(|seat| seat.peer == *peer)?;
        let standing = SfuStanding {
            is_heard: availability == SfuAvailability::Ready,
            ..self.seats[index].sfu?
        };
        self.set_standing(index, Some(standing))
    }

    /// Notes what the connection's person says of their connection to the SFU. There is no news when nothing changed for the
    /// others.
    pub(super) fn set_fault(
        &mut self,
        connection: ConnectionId,
        fault: &SfuFault,
    ) -> Option<News<SfuMessage>> {
        let index = self.index_of(connection)?;
        let standing = SfuStanding {
            is_unable: matches!(fault, SfuFault::Unable { .. }),
            ..self.seats[index].sfu?
        };
        self.set_standing(index, Some(standing))
    }

    /// Changes how somebody stands; `None` is for those who do not speak to the SFU any more. They are as those who cannot
    /// reach it.
    pub(super) fn set_standing(
        &mut self,
        index: usize,
        standing: Option<SfuStanding>,
    ) -> Option<News<SfuMessage>> {
        let told = |standing: Option<SfuStanding>| {
            standing.map_or(SfuAvailability::Unable, SfuStanding::availability)
        };
        let seat = &mut self.seats[index];
        let before = std::mem::replace(&mut seat.sfu, standing);
        let (before, sfu) = (told(before), told(standing));
        let peer = seat.peer.clone();
        let others = self
            .seats
            .iter()
            .enumerate()
            .filter(|(other, seat)| *other != index && seat.sfu.is_some());
        (sfu != before).then(|| News {
            to: others.filter_map(|(_, seat)| seat.connection()).collect(),
            message: SfuMessage::Peer { peer, sfu },
        })
    }

    /// Says whether so many have a seat that one more is not reached by all of them directly.
    pub(super) fn exceeds(&self, mesh_capacity: u32) -> bool {
        u32::try_from(self.seats.len()).is_ok_and(|taken| taken >= mesh_capacity)
    }
}
