//! The server's half of what pages ask of it.
//!
//! Invariant: each is called for a request to this server, and for nothing else; whoever asks is told when that is not so.

use std::sync::Arc;

use axum::http::header::{HOST, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use leptos::prelude::{ServerFnError, use_context};
use leptos_axum::ResponseOptions;

use super::function_requests::Asker;
use super::state::ServerState;
use crate::protocol::{Attendance, CheckServers, RoomName};
use crate::server::net::proxy::AcceptedFrom;
use crate::server::secrets::random;

/// Makes up a room nobody can guess. A plain form, as a page without scripts sends it, is led there.
///
/// # Errors
/// When the operating system gives no random numbers.
pub(crate) fn create_room() -> Result<RoomName, ServerFnError> {
    let name = random::room_name().map_err(ServerFnError::new)?;
    if let (Some(parts), Some(response)) =
        (use_context::<Parts>(), use_context::<ResponseOptions>())
        && parts.extensions.get() == Some(&Asker::PlainForm)
        && let Ok(location) = HeaderValue::try_from(format!("/r/{name}"))
    {
        response.insert_header(LOCATION, location);
        response.set_status(StatusCode::SEE_OTHER);
    }
    Ok(name)
}

/// Tells the lobby who is in a room.
///
/// # Errors
/// When it is called for anything but a request to this server.
pub(crate) async fn who_is_inside(room: RoomName) -> Result<Attendance, ServerFnError> {
    let server = use_context::<Arc<ServerState>>()
        .ok_or_else(|| ServerFnError::new("The server is not at hand."))?;
    let present = server.rooms.who_is_inside(&room).await;
    Ok(Attendance {
        names: present.names,
        devices: present.devices,
        capacity: server.rooms.capacity(),
    })
}

/// Tells somebody who checks their connection which servers there are.
///
/// # Errors
/// When it is called for anything but a request to this server, or the system has no random numbers.
pub(crate) fn visitor_ice_servers() -> Result<CheckServers, ServerFnError> {
    let (Some(server), Some(parts)) = (use_context::<Arc<ServerState>>(), use_context::<Parts>())
    else {
        return Err(ServerFnError::new("The server is not at hand."));
    };
    let arrival = parts
        .extensions
        .get::<AcceptedFrom>()
        .ok_or_else(|| ServerFnError::new("Nobody asked."))?;
    let client = server.proxies.client(*arrival, &parts.headers);
    let authority = parts.headers.get(HOST);
    let authority = authority.and_then(|host| host.to_str().ok());
    server
        .visitors
        .receive(client.address, authority)
        .map_err(ServerFnError::new)
}
