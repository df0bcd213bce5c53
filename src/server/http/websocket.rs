//! `/ws`: from an HTTP request to a [`Connection`].
//!
//! Invariant: nothing is upgraded that breaks RFC 6455, comes from a foreign page, or exceeds the cap.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::header::{
    CONNECTION, HOST, HeaderName, RETRY_AFTER, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::state::ServerState;
use crate::protocol::MESSAGE_BYTES;
use crate::server::net::proxy::AcceptedFrom;
use crate::server::net::stream::ServerStream;
use crate::server::signaling::connection::Connection;
use crate::server::signaling::connections::{Refused, Slot};

/// So many bytes are read at once. Every open socket has a buffer of this size; most messages fit, and larger ones make
/// it grow.
const READ_BUFFER: usize = 1024;

/// So many bytes are gathered before they are written.
const WRITE_BUFFER: usize = 16 * 1024;

/// At most so many bytes wait inside the WebSocket itself.
const MOST_WRITE_BUFFER: usize = 256 * 1024;

/// The upgrade's own response may take this long.
const UPGRADE_DEADLINE: Duration = Duration::from_secs(10);

/// Why a request is not upgraded, in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum UpgradeRefusal {
    /// The request asks for no WebSocket.
    #[error("This address is for WebSockets; see docs/protocol.md of Visavis.")]
    NotWebSocket,
    /// The request lacks a usable `Sec-WebSocket-Key`.
    #[error("The WebSocket handshake is incomplete.")]
    BadHandshake,
    /// A page of another site asks.
    #[error(
        "Pages of this origin may not connect to this server. Its operator can allow them with --allowed-origin."
    )]
    ForeignOrigin,
    /// The server has as many WebSockets as it may.
    #[error("This server has no room for another connection. Try again in a minute.")]
    TooMany,
    /// The client's address has as many WebSockets as one may have.
    #[error("Too many connections come from your address. Try again in a minute.")]
    TooManyOfOneAddress,
    /// The server is stopping.
    #[error("This server is stopping. Try again in a moment.")]
    Stopping,
}

impl IntoResponse for UpgradeRefusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NotWebSocket => StatusCode::UPGRADE_REQUIRED,
            Self::BadHandshake => StatusCode::BAD_REQUEST,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::TooManyOfOneAddress => StatusCode::TOO_MANY_REQUESTS,
            Self::TooMany | Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut response = (status, self.to_string()).into_response();
        let headers = response.headers_mut();
        match self {
            Self::NotWebSocket => {
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
                headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            }
            Self::TooMany | Self::TooManyOfOneAddress => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("60"));
            }
            Self::Stopping => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
            }
            Self::BadHandshake | Self::ForeignOrigin => {}
        }
        response
    }
}

/// Upgrades a request.
///
/// # Errors
/// [`UpgradeRefusal`] says why not.
pub(super) async fn upgrade(
    State(server): State<Arc<ServerState>>,
    Extension(arrival): Extension<AcceptedFrom>,
    mut request: Request,
) -> Result<Response, UpgradeRefusal> {
    let headers = request.headers();
    if !has_token(headers, &CONNECTION, "upgrade")
        || !has_token(headers, &UPGRADE, "websocket")
        || !has_token(headers, &SEC_WEBSOCKET_VERSION, "13")
    {
        return Err(UpgradeRefusal::NotWebSocket);
    }
    let key = headers
        .get(SEC_WEBSOCKET_KEY)
        .filter(|key| key.len() == 24)
        .ok_or(UpgradeRefusal::BadHandshake)?;
    let accept = derive_accept_key(key.as_bytes());
    let client = server.proxies.client(arrival, headers);
    if !server.origins.allows(headers, client.scheme) {
        tracing::info!("a connection from a foreign origin was refused");
        return Err(UpgradeRefusal::ForeignOrigin);
    }
    let slot = server.connections.open(client.address);
    let slot = slot.map_err(|refused| match refused {
        Refused::TooMany => UpgradeRefusal::TooMany,
        Refused::TooManyOfOneAddress => UpgradeRefusal::TooManyOfOneAddress,
        Refused::Stopping => UpgradeRefusal::Stopping,
    })?;
    let authority = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .map(Arc::<str>::from);
    let ends_here = !server.proxies.stand_before(arrival);
    let upgrading = hyper::upgrade::on(&mut request);
    server.tasks.clone().spawn(async move {
        let upgraded = match tokio::time::timeout(UPGRADE_DEADLINE, upgrading).await {
            Ok(Ok(upgraded)) => upgraded,
            Ok(Err(error)) => return tracing::debug!(%error, "an upgrade failed"),
            Err(_) => return tracing::debug!("an upgrade took too long"),
        };
        if let Ok(parts) = upgraded.downcast::<TokioIo<ServerStream>>() {
            let stream = parts.io.into_inner();
            let read = parts.read_buf.to_vec();
            let local = stream.local_address().filter(|_| ends_here);
            let opening = connection(&server, stream, read, slot, authority, local);
            let connection = Box::pin(opening).await;
            drop(server);
            connection.run().await;
        }
    });
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_ACCEPT, accept)
        .body(Body::empty())
        .map_err(|_| UpgradeRefusal::BadHandshake)
}

async fn connection(
    server: &ServerState,
    stream: ServerStream,
    read: Vec<u8>,
    slot: Slot,
    authority: Option<Arc<str>>,
    local: Option<IpAddr>,
) -> Box<Connection> {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MOST_WRITE_BUFFER)
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES));
    let socket =
        WebSocketStream::from_partially_read(stream, read, Role::Server, Some(config)).await;
    let (rooms, settings) = (server.rooms.clone(), server.connection_settings);
    let connection = Connection::new(socket, slot, rooms, settings, authority, local);
    Box::new(connection)
}

/// Says whether a list-valued header has the token, in any case of letters.
fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(token))
}
