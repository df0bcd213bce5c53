//! What a room's people do and say that decides whether it goes through the SFU.
//!
//! Pure, as the rest of the core. Invariant: who is away counts for a seat and for what is remembered of them, and for nothing
//! that is so at the moment.

use super::core::{News, RoomCore, Seat};
use super::ids::ConnectionId;
use super::mode::Facts;
use crate::protocol::sfu::{SfuAvailability, SfuMessage};
use crate::server::clock::UnixMillis;

impl RoomCore {
    /// Notes what the connection's person says of what direct connections cost them. Of those who do not speak to the SFU it is
    /// not taken: they have nothing else.
    pub(super) fn set_strain(
        &mut self,
        connection: ConnectionId,
        (uplink, processor): (bool, bool),
        now: UnixMillis,
    ) {
        let index = self.index_of(connection);
        if let Some(standing) = index.and_then(|index| self.seats[index].sfu.as_mut()) {
            standing.strain = standing.strain.said(uplink, processor, now);
        }
    }

    /// Gathers what a room's mode is decided by.
    pub(super) fn facts(&self, is_sfu_overloaded: bool) -> Facts {
        let mut facts = Facts {
            seats: self.seats.len(),
            is_sfu_overloaded,
            ..Facts::default()
        };
        for seat in &self.seats {
            let standing = seat.sfu.unwrap_or_default();
            let strain = standing.strain;
            facts.was_processor_slow |= strain.was_processor_slow;
            if seat.connection().is_none() {
                continue;
            }
            let is_user = seat.sfu.is_some() && standing.availability() != SfuAvailability::Unable;
            facts.present += 1;
            facts.users += usize::from(is_user);
            facts.has_pictures |= seat.media.video || seat.media.screen;
            facts.is_line_narrow |= strain.is_line_narrow;
            facts.strained_since = [facts.strained_since, strain.since]
                .into_iter()
                .flatten()
                .min();
        }
        facts
    }

    /// Makes news for all who speak to the SFU.
    pub(super) fn sfu_news(&self, message: SfuMessage) -> News<SfuMessage> {
        let speaking = self.seats.iter().filter(|seat| seat.sfu.is_some());
        News {
            to: speaking.filter_map(Seat::connection).collect(),
            message,
        }
    }
}
