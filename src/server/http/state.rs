//! What every request handler shares.

use parking_lot::Mutex;
use tokio_util::task::TaskTracker;

use super::function_rates::FunctionRates;
use crate::protocol::{IceTransportPolicy, Limits, MESSAGE_BYTES};
use crate::server::clock::Clock;
use crate::server::config::{Config, MESH_CAPACITY};
use crate::server::ice::precall::PrecallPeers;
use crate::server::net::address_rates::{AddressRates, Rate};
use crate::server::net::origin_policy::{OriginPolicy, WithoutOrigin};
use crate::server::net::proxy::TrustedProxies;
use crate::server::process::start_error::StartError;
use crate::server::rooms::{RoomCaps, Rooms};
use crate::server::secrets::resume_token::{KEY_BYTES, TokenSigner};
use crate::server::sfu::Sfu;
use crate::server::signaling::connection::ConnectionSettings;
use crate::server::signaling::connections::Connections;
use crate::server::tasks::Tasks;
use crate::server::turn::{Announcement, Members};

/// An address may give up so many seats by their tokens: at once as many as people may be in calls from behind one address.
const LEAVES: Rate = Rate {
    burst: 500,
    per_second: 50,
    waiting: 0,
};

/// One address opens at most this fraction of the server's rooms: twenty have to come together to take all of them.
const ROOMS_SHARE: usize = 20;

/// One address opens at least so many, on however small a server: a school has that many classes.
const LEAST_ROOMS: usize = 100;

/// The running server, as its handlers see it.
#[derive(Debug)]
pub(crate) struct ServerState {
    /// Connections take their seats in these rooms.
    pub(crate) rooms: Rooms,
    /// Every WebSocket is counted here, and closed from here when the server stops.
    pub(crate) connections: Connections,
    /// A WebSocket is refused to a page of an origin that this policy does not allow.
    pub(crate) origins: OriginPolicy,
    /// These proxies are believed when they say where a request comes from.
    pub(crate) proxies: TrustedProxies,
    /// Those who check their connection before they join get their credentials here.
    pub(crate) visitors: PrecallPeers,
    /// Calls may go through this server: pages are told, since what it takes comes with a wasm that they fetch later.
    pub(super) has_sfu: bool,
    /// Each address may say goodbye without a socket only so often.
    pub(super) leave_rates: Mutex<AddressRates>,
    /// Each address may ask only so often what pages ask of the server.
    pub(super) functions: FunctionRates,
    /// The handlers read this clock.
    pub(super) clock: Clock,
    /// Every connection is treated by these settings.
    pub(crate) connection_settings: ConnectionSettings,
    /// The connections' tasks are counted here: the server waits for them when it stops.
    pub(crate) tasks: TaskTracker,
}

impl ServerState {
    /// Makes a server with nobody in it yet.
    ///
    /// # Errors
    /// When the configuration lets nobody connect, or the system has no random numbers.
    pub(crate) fn new(
        config: &Config,
        key: &[u8; KEY_BYTES],
        clock: Clock,
        members: Members,
        own: Option<Announcement>,
        sfu: Option<Sfu>,
        tasks: &Tasks,
    ) -> Result<Self, StartError> {
        let signer = TokenSigner::new(key)?;
        let room_capacity = config.room_capacity(sfu.is_some());
        let limits = Limits {
            room_capacity,
            message_bytes: u32::try_from(MESSAGE_BYTES).unwrap_or(u32::MAX),
            message_rate: config.message_rate,
            seat_kept_ms: config.seat_kept.millis(),
            mesh_capacity: sfu.as_ref().map(|_| MESH_CAPACITY.min(room_capacity)),
        };
        let most = config.most_connections();
        let most_of_one_address = config.most_connections_of_one_address();
        let caps = RoomCaps {
            rooms: most,
            rooms_of_one: (most / ROOMS_SHARE).max(LEAST_ROOMS),
            // When everybody of one address loses their connection at once, all of them find their seats again.
            kept_of_one: most_of_one_address,
        };
        let without_origin = if config.require_origin {
            WithoutOrigin::Refused
        } else {
            WithoutOrigin::Allowed
        };
        let ice_servers = config.ice_servers(own);
        if ice_servers.policy == IceTransportPolicy::Relay && !ice_servers.relays() {
            return Err(StartError::RelayWithoutServer);
        }
        Ok(Self {
            has_sfu: sfu.is_some(),
            visitors: PrecallPeers::new(ice_servers.clone(), members.clone(), clock, tasks.clone()),
            rooms: Rooms::new(limits, ice_servers, members, sfu, signer, clock, caps),
            connections: Connections::new(most, most_of_one_address),
            origins: OriginPolicy {
                public: config.public_urls(),
                allowed: config.allowed_origins.clone(),
                without_origin,
            },
            proxies: TrustedProxies::new(config.trusted_proxies.clone()),
            leave_rates: Mutex::new(AddressRates::new(LEAVES)),
            functions: FunctionRates::new(clock),
            clock,
            connection_settings: ConnectionSettings {
                message_rate: config.message_rate,
                ping_interval: config.ping_interval.duration(),
            },
            tasks: TaskTracker::new(),
        })
    }
}
