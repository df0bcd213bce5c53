//! What pages ask of the server besides the signaling socket. Each body is one call into the server.

use leptos::prelude::{ServerFnError, server};

use crate::protocol::RoomName;

/// Makes up a room whose name nobody can guess. Sent as a plain form by a page without scripts, the answer leads there.
///
/// # Errors
/// When the server cannot be reached, or has no random numbers.
#[server(endpoint = "create_room")]
pub async fn create_room() -> Result<RoomName, ServerFnError> {
    crate::server::create_room()
}
