//! How a seat is given up by its token alone, without the connection that holds it.
//!
//! Pure, as the rest of the core. Invariant: only the newest token that is known of gives up a seat on which somebody is
//! connected. The one it replaced counts only while nobody is, for then its successor may never have arrived.

use super::core::{Departure, News, Presence, RoomCore, Seat};
use super::rotation::{EarlierRuns, Standing};
use crate::protocol::{DepartureReason, ServerMessage};
use crate::server::secrets::resume_token::Claim;

/// What a token that was presented for leaving leads to.
#[derive(Debug)]
pub(super) enum Farewell {
    /// The seat is no more.
    Seat(Departure),
    /// An earlier run of the server gave the seat away, and nobody has come back to it: nobody will. The others are told.
    Absent(News),
    /// The token is worth nothing here.
    Worthless,
}

impl RoomCore {
    /// Takes the goodbye of whoever holds this token.
    pub(super) fn leave_by_token(&mut self, claim: &Claim, earlier: EarlierRuns) -> Farewell {
        let boot = self.settings.boot;
        let Some(index) = self.seats.iter().position(|seat| seat.peer == claim.peer) else {
            if !self.may_be_restored(claim, earlier) {
                return Farewell::Worthless;
            }
            return Farewell::Absent(News {
                to: self.seats.iter().filter_map(Seat::connection).collect(),
                message: ServerMessage::PeerLeft {
                    peer: claim.peer.clone(),
                    reason: DepartureReason::Left,
                },
            });
        };
        let seat = &self.seats[index];
        let is_away = matches!(seat.presence, Presence::AwayUntil(_));
        match seat.rotation.standing(claim.stamp, boot, earlier) {
            Standing::Newest => {}
            Standing::Replaced if is_away => {}
            Standing::Replaced | Standing::Worthless => return Farewell::Worthless,
        }
        Farewell::Seat(self.depart(index, DepartureReason::Left))
    }
}
