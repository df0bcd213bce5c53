//! `POST /api/leave`: somebody gives up their seat by its token, as a page does that goes away, whose socket may be gone before it.
//!
//! Invariant: whatever the token is worth, the answer is the same.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Extension, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

use super::state::ServerState;
use crate::protocol::{ResumeToken, RoomName};
use crate::server::net::proxy::AcceptedFrom;

/// A goodbye has at most so many bytes; one that a page sends has some 180.
const BODY_BYTES: usize = 1024;

/// Why a goodbye is not taken, in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LeaveRefusal {
    /// A page of another site sends it.
    #[error("Pages of this origin may not say this.")]
    ForeignOrigin,
    /// The address has said goodbye too often.
    #[error("Too many requests come from your address. Try again in a moment.")]
    TooMany,
    /// There is too much of it.
    #[error("The body is too large.")]
    TooLarge,
    /// It is no form with a room and a token.
    #[error("The body has to be a form: room=NAME&resume=TOKEN.")]
    NotUnderstood,
}

impl IntoResponse for LeaveRefusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotUnderstood => StatusCode::BAD_REQUEST,
        };
        let mut response = (status, self.to_string()).into_response();
        if self == Self::TooMany {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// Bounds what is read of a goodbye.
pub(super) fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(BODY_BYTES)
}

/// Takes a goodbye.
///
/// # Errors
/// [`LeaveRefusal`] says why not; never because of what the token is worth.
pub(super) async fn leave(
    State(server): State<Arc<ServerState>>,
    Extension(arrival): Extension<AcceptedFrom>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, LeaveRefusal> {
    let client = server.proxies.client(arrival, &headers);
    if !server.origins.allows_hidden(&headers, client.scheme) {
        return Err(LeaveRefusal::ForeignOrigin);
    }
    let now = server.clock.now();
    let asked = server.leave_rates.lock().ask_at_once(client.address, now);
    if asked.is_err() {
        return Err(LeaveRefusal::TooMany);
    }
    let body = body.map_err(|refused| match refused.status() {
        StatusCode::PAYLOAD_TOO_LARGE => LeaveRefusal::TooLarge,
        _ => LeaveRefusal::NotUnderstood,
    })?;
    let (room, resume) = read(&body).ok_or(LeaveRefusal::NotUnderstood)?;
    server.rooms.leave(&room, &resume).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads a form with `room` and `resume`; whatever type it says it has, for beacons say that it is text.
fn read(body: &[u8]) -> Option<(RoomName, ResumeToken)> {
    let (mut room, mut resume) = (None, None);
    for pair in std::str::from_utf8(body).ok()?.trim_end().split('&') {
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        let value = percent_decode_str(value).decode_utf8().ok()?;
        match name {
            "room" => room = RoomName::parse(&value).ok(),
            "resume" => resume = Some(ResumeToken::new(value)),
            _ => {}
        }
    }
    Some((room?, resume?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_in_any_order() {
        for body in [
            "room=team-standup&resume=ASZy_-9",
            "resume=ASZy_-9&room=team-standup",
            "room=team-standup&resume=ASZy_-9&more=1&",
            "room=team%2Dstandup&resume=ASZy%5F%2D9\r\n",
        ] {
            let (room, resume) = read(body.as_bytes()).unwrap();
            assert_eq!(room.as_str(), "team-standup", "{body}");
            assert_eq!(resume.as_str(), "ASZy_-9", "{body}");
        }
    }

    #[test]
    fn everything_else_is_not_understood() {
        for body in [
            b"".as_slice(),
            b"room=team-standup",
            b"resume=ASZy",
            b"room=No&resume=ASZy",
            b"{\"room\":\"abc\",\"resume\":\"ASZy\"}",
            b"room=abc&resume=\xff",
            b"room=abc&resume=%ff",
        ] {
            assert!(read(body).is_none(), "{}", body.escape_ascii());
        }
    }
}
