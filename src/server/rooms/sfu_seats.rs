//! A room's seats at the SFU: given with the room's own to those who speak to it, and taken with them.
//!
//! Invariant: the SFU has a room exactly while this one has or had somebody who speaks to it, and nobody sits there who does not
//! sit here. Nothing here waits for it.

use std::sync::Arc;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};

use super::actor::RoomActor;
use super::outbox::Outbox;
use super::seat::Command;
use super::sfu_access::{OfferRate, SfuAccess};
use crate::protocol::sfu::{SfuAvailability, SfuTerms};
use crate::protocol::{MediaState, PeerId};
use crate::server::sfu::{Hearing, Sfu, SfuMode};

/// The room, as the SFU tells it things.
struct ToldRoom {
    /// The room's queue. It is weak, so that it does not keep the queue open.
    queue: mpsc::WeakSender<Command>,
    /// Whoever waits until nobody is carried looks here.
    carrying: watch::Sender<bool>,
}

impl Hearing for ToldRoom {
    fn heard(&self, peer: &PeerId, availability: SfuAvailability) -> bool {
        let Some(room) = self.queue.upgrade() else {
            return true;
        };
        let peer = peer.clone();
        let told = room.try_send(Command::Heard { peer, availability });
        // To a room that has ended it means nothing.
        !matches!(told, Err(TrySendError::Full(_)))
    }

    fn carries(&self, anybody: bool) {
        self.carrying.send_if_modified(|carried| {
            let is_news = *carried != anybody;
            *carried = anybody;
            is_news
        });
    }
}

impl RoomActor {
    /// Says on what terms newcomers use the SFU; `None` where there is none.
    pub(super) fn sfu_terms(&self) -> Option<SfuTerms> {
        let sfu = self.shared.sfu.as_ref()?;
        let standing = self.mode.as_ref()?.standing();
        Some(SfuTerms {
            peer: Sfu::peer(),
            run: sfu.run().to_owned(),
            r#use: standing.r#use,
            number: standing.number,
            // Where calls always go through the server nobody is to learn another's address.
            standby: sfu.mode() == SfuMode::Auto,
            files: Some(sfu.file_bits_per_second()),
        })
    }

    /// Gives somebody a seat at the SFU, or the one they have already: then it writes to this outbox from now on. `None` where
    /// there is no SFU.
    pub(super) fn seat_at_sfu(
        &mut self,
        peer: &PeerId,
        outbox: &Arc<Outbox>,
        media: MediaState,
        rate: OfferRate,
    ) -> Option<SfuAccess> {
        let sfu = self.shared.sfu.as_ref()?;
        let room = self.sfu_room.get_or_insert_with(|| {
            sfu.open(Arc::new(ToldRoom {
                queue: self.sender.clone(),
                carrying: self.carrying.clone(),
            }))
        });
        let seat = room.seat(peer, outbox.clone());
        room.media(peer, media);
        Some(SfuAccess::new(seat, rate))
    }

    /// Takes somebody's seat at the SFU, if they have one.
    pub(super) fn unseat_at_sfu(&self, peer: &PeerId) {
        if let Some(room) = &self.sfu_room {
            room.unseat(peer);
        }
    }

    /// Tells the SFU what somebody sends now, if they have a seat there.
    pub(super) fn tell_sfu(&self, peer: &PeerId, media: MediaState) {
        if let Some(room) = &self.sfu_room {
            room.media(peer, media);
        }
    }
}

#[cfg(test)]
#[path = "tests/sfu_seats.rs"]
mod tests;
