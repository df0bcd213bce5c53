//! The ICE servers that clients are told: those of the operator, in order, with credentials that still last.
//!
//! Invariant: what is handed out with an expiry is handed out again, fresh, before half of its time is over.

mod shared_secret;
mod static_server;
mod url;

use std::time::Duration;

pub(crate) use shared_secret::{RelayUrl, SharedSecret};
pub(crate) use static_server::IceServerOption;
pub(crate) use url::{IceUrl, Transport, UrlKind};

use super::clock::UnixMillis;
use crate::protocol::{IceServer, IceTransportPolicy, PeerId};
use shared_secret::CREDENTIAL_LIFETIME;

/// What is configured.
#[derive(Clone, Debug, Default)]
pub(crate) struct IceServers {
    /// Servers with fixed credentials, or none.
    pub(crate) fixed: Vec<IceServer>,
    /// Servers that share a secret with us.
    pub(crate) shared: Option<SharedRelays>,
    /// Which candidates clients may use.
    pub(crate) policy: IceTransportPolicy,
}

/// TURN servers that make out of a shared secret what is the right password.
#[derive(Clone, Debug)]
pub(crate) struct SharedRelays {
    /// Where they are, in order.
    pub(crate) urls: Vec<RelayUrl>,
    /// The secret.
    pub(crate) secret: SharedSecret,
}

impl IceServers {
    /// What this peer is told now.
    pub(crate) fn for_peer(&self, peer: &PeerId, now: UnixMillis) -> Vec<IceServer> {
        self.for_somebody(peer, CREDENTIAL_LIFETIME, now)
    }

    /// What somebody without a seat is told, to check their connection within `lifetime`.
    pub(crate) fn for_visitor(
        &self,
        visitor: &PeerId,
        lifetime: Duration,
        now: UnixMillis,
    ) -> Vec<IceServer> {
        self.for_somebody(visitor, lifetime, now)
    }

    fn for_somebody(&self, who: &PeerId, lifetime: Duration, now: UnixMillis) -> Vec<IceServer> {
        let mut servers = self.fixed.clone();
        if let Some(shared) = &self.shared {
            let urls = shared.urls.iter().map(ToString::to_string).collect();
            servers.push(shared.secret.server(urls, who, lifetime, now));
        }
        servers
    }

    /// How often peers are told again; `None` when nothing expires.
    pub(crate) fn renewal(&self) -> Option<Duration> {
        self.shared.is_some().then_some(CREDENTIAL_LIFETIME / 2)
    }

    /// Whether any of them relays.
    pub(crate) fn relays(&self) -> bool {
        let fixed = self.fixed.iter().flat_map(|server| &server.urls);
        self.shared.is_some() || fixed.into_iter().any(|url| url.starts_with("turn"))
    }
}
