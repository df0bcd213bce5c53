//! What every request handler shares.

use tokio_util::task::TaskTracker;

use super::origin::OriginPolicy;
use crate::server::ice::precall::PrecallPeers;
use crate::server::net::proxy::TrustedProxies;
use crate::server::rooms::Rooms;
use crate::server::signaling::connection::ConnectionSettings;
use crate::server::signaling::connections::Connections;

/// The running server, as its handlers see it.
#[derive(Debug)]
pub(crate) struct ServerState {
    /// Every room.
    pub(crate) rooms: Rooms,
    /// Every WebSocket.
    pub(crate) connections: Connections,
    /// Whose pages may connect.
    pub(crate) origins: OriginPolicy,
    /// Whose word on where requests come from is believed.
    pub(crate) proxies: TrustedProxies,
    /// Those who check their connection before they join.
    pub(crate) visitors: PrecallPeers,
    /// How connections are treated.
    pub(crate) connection_settings: ConnectionSettings,
    /// The tasks to wait for when the server stops.
    pub(crate) tasks: TaskTracker,
}
