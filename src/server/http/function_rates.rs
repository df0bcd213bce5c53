//! How often one address may ask the server for what pages ask of it.
//!
//! Invariant: whoever asks too often is told when to ask again, before anything is done for them. Loopback is not counted.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;

use crate::server::clock::Clock;
use crate::server::net::address_rates::{AddressRates, Rate};
use crate::server::net::proxy::{AcceptedFrom, TrustedProxies};

/// Rooms are made up at this path.
const CREATE_ROOM: &str = "/api/create_room";

/// It is told at this path who is in a room.
const WHO_IS_INSIDE: &str = "/api/who_is_inside";

/// People start a room now and then; a class behind one address may do so together.
const ROOMS: Rate = Rate {
    burst: 50,
    per_second: 5,
    waiting: 0,
};

/// A lobby asks every 10 s. This is enough for 200 lobbies behind one address.
const LOBBIES: Rate = Rate {
    burst: 100,
    per_second: 20,
    waiting: 0,
};

/// The rates of each function that strangers could keep busy.
#[derive(Debug)]
pub(crate) struct FunctionRates {
    /// The time is read from this clock.
    clock: Clock,
    /// Each address makes up rooms at this rate.
    rooms: Mutex<AddressRates>,
    /// Each address is told at this rate who is inside.
    lobbies: Mutex<AddressRates>,
}

/// Somebody asked too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Too many requests come from your address. Try again in {seconds} s.")]
pub(super) struct AskedTooOften {
    /// They may ask again after so many seconds.
    pub(super) seconds: u64,
}

impl FunctionRates {
    /// Begins with nobody.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            rooms: Mutex::new(AddressRates::new(ROOMS)),
            lobbies: Mutex::new(AddressRates::new(LOBBIES)),
        }
    }

    /// Counts a request for a function.
    ///
    /// # Errors
    /// [`AskedTooOften`] when it comes from an address that asks for that too often.
    pub(super) fn count(
        &self,
        request: &Request,
        proxies: &TrustedProxies,
    ) -> Result<(), AskedTooOften> {
        let rates = match request.uri().path() {
            CREATE_ROOM => &self.rooms,
            WHO_IS_INSIDE => &self.lobbies,
            _ => return Ok(()),
        };
        let Some(arrival) = request.extensions().get::<AcceptedFrom>() else {
            return Ok(());
        };
        let client = proxies.client(*arrival, request.headers());
        let now = self.clock.now();
        let asked = rates.lock().ask_at_once(client.address, now);
        asked.map_err(|too_often| AskedTooOften {
            seconds: too_often.due.saturating_sub(now).div_ceil(1_000),
        })
    }
}

impl IntoResponse for AskedTooOften {
    fn into_response(self) -> Response {
        let after = [(RETRY_AFTER, self.seconds.to_string())];
        (StatusCode::TOO_MANY_REQUESTS, after, self.to_string()).into_response()
    }
}
