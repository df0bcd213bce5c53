//! The relay while it runs, and its start: sockets and rules put together.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;

use super::announcement::Announcement;
use super::core::Rules;
use super::core::accounts::Accounts;
use super::core::members::Members;
use super::core::nonce::Nonces;
use super::core::peer_filter::PeerFilter;
use super::core::ports::RelayPorts;
use super::io::{self, Addresses, Premises, TurnServer};
use super::options::TurnOptions;
use crate::server::clock::Clock;
use crate::server::secrets::resume_token::KEY_BYTES;
use crate::server::secrets::turn_credentials::Secret;
use crate::server::sfu::Door;
use crate::server::tasks::Tasks;

/// The rest of the server sees this of the running relay.
#[derive(Debug)]
pub(crate) struct RunningRelay {
    /// Clients are told about the relay by this.
    pub(crate) announcement: Announcement,
    /// The relay has at most so many files open: relays, and streams of clients.
    pub(crate) most_files: usize,
}

/// The calls that the relay is for.
pub(crate) struct RelayedCalls {
    /// One person has at most so many connections at a time: to the others, and to the SFU.
    pub(crate) connections: u32,
    /// The SFU is reached by this, if there is one.
    pub(crate) door: Option<Door>,
}

/// Starts the relay, which runs as long as the tasks may. `None` when it is switched off, or when none of the default ports is free.
///
/// # Errors
/// The address the operator named that is not to be had or not to be read, and why.
pub(crate) fn start(
    options: &TurnOptions,
    calls: RelayedCalls,
    tls: Option<TlsAcceptor>,
    key: &[u8; KEY_BYTES],
    members: Members,
    clock: Clock,
    tasks: &Tasks,
) -> Result<Option<RunningRelay>, (SocketAddr, std::io::Error)> {
    if options.off {
        return Ok(None);
    }
    let listening = io::open(options)?;
    let Some(first) = listening.first().map(|open| open.address) else {
        return Ok(None);
    };
    let places: Vec<SocketAddr> = listening.iter().map(|open| open.address).collect();
    let secret = Secret::derived(key, b"visavis relay credentials\0");
    let quotas = options.quotas(calls.connections);
    let rules = Rules {
        accounts: Arc::new(Accounts::new(quotas, clock.now())),
        filter: PeerFilter::new(options.allow_peer.clone()),
        ports: Arc::<RelayPorts>::default(),
        media: calls.door.as_ref().map(Door::places).unwrap_or_default(),
        secret: secret.clone(),
        nonces: Nonces::new(Secret::derived(key, b"visavis relay nonces\0")),
        members,
    };
    let listening_on = places.iter().map(SocketAddr::ip);
    let premises = Premises {
        addresses: Addresses::new(options.external_ip.clone(), listening_on),
        ports: options.relay_ports.clone(),
        door: calls.door,
    };
    let (sockets, listeners): (Vec<_>, Vec<_>) = listening
        .into_iter()
        .map(|open| (open.socket, open.listener))
        .unzip();
    let server = TurnServer::start(rules, premises, sockets, quotas.allocations, clock, tasks)
        .map_err(|error| (first, error))?;
    for listener in listeners {
        server.listen(listener, None);
    }
    let secure = match &tls {
        Some(_) => io::open_secure(options)?,
        None => Vec::new(),
    };
    let mut secure_places = Vec::new();
    for (address, listener) in secure {
        secure_places.push(address);
        server.listen(listener, tls.clone());
    }
    tracing::info!(?places, ?secure_places, "the relay is ready");
    Ok(Some(RunningRelay {
        announcement: Announcement::new(secret, &options.external_ip, &places, &secure_places),
        most_files: server.most_files(),
    }))
}

#[cfg(test)]
#[path = "tests/running_relay.rs"]
mod tests;
