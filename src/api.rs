//! What pages ask of the server besides the signaling socket. Each body is one call into the server.

use leptos::prelude::{ServerFnError, server};

use crate::protocol::{Attendance, CheckServers, RoomName};

/// Makes up a room whose name nobody can guess. Sent as a plain form by a page without scripts, the answer leads there.
///
/// # Errors
/// When the server cannot be reached, or has no random numbers.
#[server(endpoint = "create_room")]
pub async fn create_room() -> Result<RoomName, ServerFnError> {
    crate::server::http::functions::create_room()
}

/// Says who is in a room. Anyone who knows the room's name may ask, as they may join.
///
/// # Errors
/// When the server cannot be reached.
#[server(endpoint = "who_is_inside")]
pub async fn who_is_inside(
    /// The lobby of this room asks.
    room: RoomName,
) -> Result<Attendance, ServerFnError> {
    crate::server::http::functions::who_is_inside(room).await
}

/// Tells somebody without a seat which STUN and TURN servers there are, with credentials that soon end, to check their
/// connection with.
///
/// # Errors
/// When the server cannot be reached, or has no random numbers.
#[server(endpoint = "visitor_ice_servers")]
pub async fn visitor_ice_servers() -> Result<CheckServers, ServerFnError> {
    crate::server::http::functions::visitor_ice_servers()
}
