//! What a client is told: the servers of the operator and the relay of this one, with credentials that still last.
//!
//! Invariant: what is handed out with an expiry is handed out again, fresh, before half of its time is over.

use std::time::Duration;

use super::shared_secret::{self, RelayUrl, SharedSecret};
use crate::protocol::{IceServer, IceTransportPolicy, PeerId};
use crate::server::clock::UnixMillis;
use crate::server::turn::{self, Announcement};

/// What is configured.
#[derive(Clone, Debug, Default)]
pub(crate) struct IceServers {
    /// These servers have fixed credentials, or none.
    pub(crate) fixed: Vec<IceServer>,
    /// These servers share a secret with us, so that each peer gets credentials of its own.
    pub(crate) shared: Option<SharedRelays>,
    /// This server's own relay, if it runs, is told with credentials too.
    pub(crate) own: Option<Announcement>,
    /// Clients use only the candidates that this policy allows.
    pub(crate) policy: IceTransportPolicy,
}

/// TURN servers that make out of a shared secret what is the right password.
#[derive(Clone, Debug)]
pub(crate) struct SharedRelays {
    /// The servers are at these URLs, in the operator's order.
    pub(crate) urls: Vec<RelayUrl>,
    /// The servers check the credentials with the same secret.
    pub(crate) secret: SharedSecret,
}

/// How long credentials open new allocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// Credentials open allocations as long as is usual with the relay: they are renewed for whoever keeps their seat.
    Usual,
    /// Credentials open allocations for so long, and no longer.
    Limited(Duration),
}

impl Lifetime {
    fn or(self, usual: Duration) -> Duration {
        match self {
            Self::Usual => usual,
            Self::Limited(lifetime) => lifetime,
        }
    }
}

impl IceServers {
    /// Says what somebody is told now, whose browser found the page at `authority` (a host, maybe with a port).
    pub(crate) fn told_to(
        &self,
        who: &PeerId,
        authority: Option<&str>,
        lifetime: Lifetime,
        now: UnixMillis,
    ) -> Vec<IceServer> {
        let mut servers = self.fixed.clone();
        servers.extend(self.shared.as_ref().map(|shared| {
            let urls = shared.urls.iter().map(ToString::to_string).collect();
            let lasting = lifetime.or(shared_secret::CREDENTIAL_LIFETIME);
            shared.secret.server(urls, who, lasting, now)
        }));
        if let Some(own) = &self.own {
            let lasting = lifetime.or(turn::CREDENTIAL_LIFETIME);
            servers.extend(own.servers(who, authority, lasting, now));
        }
        servers
    }

    /// Says how often those with a seat are told again; `None` when nothing expires.
    pub(crate) fn renewal(&self) -> Option<Duration> {
        let lifetime = match (&self.own, &self.shared) {
            (Some(_), _) => Some(turn::CREDENTIAL_LIFETIME),
            (None, Some(_)) => Some(shared_secret::CREDENTIAL_LIFETIME),
            (None, None) => None,
        };
        lifetime.map(|lifetime| lifetime / 2)
    }

    /// Says whether any of them relays.
    pub(crate) fn relays(&self) -> bool {
        let fixed = self.fixed.iter().flat_map(|server| &server.urls);
        self.own.is_some()
            || self.shared.is_some()
            || fixed.into_iter().any(|url| url.starts_with("turn"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = 1_800_000_000_000;

    fn expiries(servers: &IceServers, lifetime: Lifetime) -> Vec<String> {
        let told = servers.told_to(&PeerId::new("ada"), None, lifetime, NOW);
        let usernames = told.into_iter().filter_map(|server| server.username);
        usernames
            .map(|username| username.replace(":ada", ""))
            .collect()
    }

    #[test]
    fn who_has_a_seat_is_told_again_before_half_is_over_and_a_visitor_once() {
        let shared = SharedRelays {
            urls: vec!["turn:north.example.org".parse().unwrap()],
            secret: "north".parse().unwrap(),
        };
        let own = Announcement::at("198.51.100.7:3478".parse().unwrap());
        let mut servers = IceServers {
            shared: Some(shared),
            ..IceServers::default()
        };
        assert_eq!(expiries(&servers, Lifetime::Usual), ["1800003600"]);
        assert_eq!(servers.renewal(), Some(Duration::from_secs(1_800)));
        servers.own = Some(own);
        assert_eq!(
            expiries(&servers, Lifetime::Usual),
            ["1800003600", "1800000600"]
        );
        assert_eq!(servers.renewal(), Some(Duration::from_secs(300)));
        let visit = Lifetime::Limited(Duration::from_secs(120));
        assert_eq!(expiries(&servers, visit), ["1800000120", "1800000120"]);
        assert_eq!(IceServers::default().renewal(), None);
    }
}
