//! What a client says to the SFU.
//!
//! Invariant: it takes nothing but from those who said in their `join` that they speak to it, and nothing beyond the limits of
//! the protocol. To everybody else its id is nobody's.

use super::connection::{Connection, Phase};
use super::ending::Fatality;
use super::forward::{Forwarded, Malformed, ToSfu};
use crate::protocol::ErrorCode;
use crate::protocol::sfu::Watch;
use crate::server::net::reached_at::ReachedAt;
use crate::server::rooms::{SfuAccess, TooManyOffers};

impl Connection {
    /// Hands a description over. The SFU offers nothing, so that there is nothing to answer; and it sends from the address
    /// that it hears, so that it has no use for candidates.
    pub(super) fn say_to_sfu(&self, sfu: &SfuAccess, message: &Forwarded<'_>) {
        let (code, words) = match message.to_sfu() {
            Ok(ToSfu::Candidate) => return,
            Ok(ToSfu::Offer { sdp, serial }) => {
                let reached = ReachedAt::new(self.authority.as_deref(), self.local);
                match sfu.offer(sdp, serial, reached) {
                    Ok(()) => return,
                    Err(TooManyOffers) => (
                        ErrorCode::SfuRefused,
                        "Too many offers. Offer again in a few seconds.",
                    ),
                }
            }
            Ok(ToSfu::Answer) => (
                ErrorCode::BadMessage,
                "The server has offered nothing: it only answers.",
            ),
            Err(Malformed) => (ErrorCode::BadMessage, "The offer was not understood."),
        };
        self.refuse(code, words, Fatality::Survivable);
    }

    /// Says what is to be seen and not to be heard.
    pub(super) fn watch(&self, watch: Watch) {
        if !watch.is_within_limits() {
            return self.refuse(
                ErrorCode::BadMessage,
                "So many people cannot be watched, or left out.",
                Fatality::Survivable,
            );
        }
        match self.sfu() {
            Some(sfu) => sfu.watch(watch),
            None => self.refuse_for_sfu(),
        }
    }

    /// Says which slot map has been seen.
    pub(super) fn slots_seen(&self, number: u32) {
        match self.sfu() {
            Some(sfu) => sfu.seen(number),
            None => self.refuse_for_sfu(),
        }
    }

    fn sfu(&self) -> Option<&SfuAccess> {
        match &self.phase {
            Phase::Seated(seat) => seat.sfu(),
            Phase::Greeting | Phase::Joining(_) => None,
        }
    }

    fn refuse_for_sfu(&self) {
        self.refuse(
            ErrorCode::UnknownPeer,
            "You did not say that you speak to the SFU, or this server has none.",
            Fatality::Survivable,
        );
    }
}
