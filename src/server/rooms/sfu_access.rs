//! A connection's way to the SFU, beside its seat in the room.
//!
//! Invariant: of one seat no more offers reach the SFU than [`OfferRate`] lets pass, whatever connections it is held by.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::pace::TokenBucket;
use crate::protocol::sfu::Watch;
use crate::server::clock::Clock;
use crate::server::net::reached_at::ReachedAt;
use crate::server::sfu::SfuSeat;

/// Offers to the SFU at once: a first one, one to have more slots, and some to mend the connection.
const OFFERS: u32 = 6;

/// Offers to the SFU each second.
const OFFERS_PER_SECOND: f64 = 2.0;

/// How fast somebody may offer to the SFU, whatever connection they do it over. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct OfferRate {
    /// An offer takes one.
    offers: Arc<Mutex<TokenBucket>>,
    /// The rate is measured by this clock.
    clock: Clock,
}

impl OfferRate {
    /// Begins with a burst to spare.
    pub(super) fn new(clock: Clock) -> Self {
        let offers = TokenBucket::full(OFFERS, OFFERS_PER_SECOND, clock.now());
        Self {
            offers: Arc::new(Mutex::new(offers)),
            clock,
        }
    }

    /// Counts an offer; `false` when it is one too many.
    fn take(&self) -> bool {
        self.offers.lock().take(1, self.clock.now())
    }
}

/// Somebody's way to the SFU.
#[derive(Debug)]
pub(crate) struct SfuAccess {
    /// The SFU hears of them by this.
    seat: SfuSeat,
    /// Their offers are measured here.
    rate: OfferRate,
}

/// Offers come faster than one may make them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyOffers;

impl SfuAccess {
    pub(super) fn new(seat: SfuSeat, rate: OfferRate) -> Self {
        Self { seat, rate }
    }

    /// Hands over an offer, which is answered through the outbox of somebody who reached the server like this.
    ///
    /// # Errors
    /// [`TooManyOffers`] when it is dropped.
    pub(crate) fn offer(
        &self,
        sdp: String,
        serial: Option<u32>,
        reached: ReachedAt,
    ) -> Result<(), TooManyOffers> {
        if !self.rate.take() {
            return Err(TooManyOffers);
        }
        self.seat.offer(sdp, serial, reached);
        Ok(())
    }

    /// Hands over what is wanted to be seen and not to be heard; it replaces what was wanted before.
    pub(crate) fn watch(&self, watch: Watch) {
        self.seat.watch(watch);
    }

    /// Says that the slot maps up to this number have been seen.
    pub(crate) fn seen(&self, number: u32) {
        self.seat.seen(number);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_offers_six_times_at_once_may_do_so_twice_a_second_from_then_on() {
        let rate = OfferRate::new(Clock::start());
        let of_another_connection = rate.clone();
        let passed = |rate: &OfferRate| (0..100).filter(|_| rate.take()).count();
        assert_eq!(passed(&rate), 6);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(passed(&of_another_connection), 2);
        assert_eq!(passed(&rate), 0, "both count");
    }
}
