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
use super::turn::{self, Announcement};
use crate::protocol::{IceServer, IceTransportPolicy, PeerId};
use shared_secret::CREDENTIAL_LIFETIME;

/// What is configured.
#[derive(Clone, Debug, Default)]
pub(crate) struct IceServers {
    /// Servers with fixed credentials, or none.
    pub(crate) fixed: Vec<IceServer>,
    /// Servers that share a secret with us.
    pub(crate) shared: Option<SharedRelays>,
    /// This server's own relay.
    pub(crate) own: Option<Announcement>,
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
    /// What this peer is told now, whose browser found the page at `authority` (a host, maybe with a port).
    pub(crate) fn for_peer(
        &self,
        peer: &PeerId,
        authority: Option<&str>,
        now: UnixMillis,
    ) -> Vec<IceServer> {
        let mut servers = self.fixed.clone();
        servers.extend(self.shared(peer, CREDENTIAL_LIFETIME, now));
        if let Some(own) = &self.own {
            servers.extend(own.for_peer(peer, authority, now));
        }
        servers
    }

    /// What somebody without a seat is told, to check their connection within `lifetime`.
    pub(crate) fn for_visitor(
        &self,
        visitor: &PeerId,
        authority: Option<&str>,
        lifetime: Duration,
        now: UnixMillis,
    ) -> Vec<IceServer> {
        let mut servers = self.fixed.clone();
        servers.extend(self.shared(visitor, lifetime, now));
        if let Some(own) = &self.own {
            servers.extend(own.for_visitor(visitor, authority, lifetime, now));
        }
        servers
    }

    fn shared(&self, who: &PeerId, lifetime: Duration, now: UnixMillis) -> Option<IceServer> {
        let shared = self.shared.as_ref()?;
        let urls = shared.urls.iter().map(ToString::to_string).collect();
        Some(shared.secret.server(urls, who, lifetime, now))
    }

    /// How often peers are told again; `None` when nothing expires.
    pub(crate) fn renewal(&self) -> Option<Duration> {
        let own = Duration::from_millis(turn::LIFETIME_MS / 2);
        match (&self.own, &self.shared) {
            (Some(_), _) => Some(own),
            (None, Some(_)) => Some(CREDENTIAL_LIFETIME / 2),
            (None, None) => None,
        }
    }

    /// Whether any of them relays.
    pub(crate) fn relays(&self) -> bool {
        let fixed = self.fixed.iter().flat_map(|server| &server.urls);
        self.own.is_some()
            || self.shared.is_some()
            || fixed.into_iter().any(|url| url.starts_with("turn"))
    }
}
