//! The TURN servers that share a secret with this one, as coturn's `use-auth-secret` has it.
//!
//! Invariant: the secret itself goes nowhere.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use crate::protocol::{IceServer, IceUrl, IceUrlError, PeerId, UrlKind};
use crate::server::clock::UnixMillis;
use crate::server::secrets::turn_credentials::Secret;

/// Credentials allow new allocations for this long. Running ones are refreshed beyond it.
pub(super) const CREDENTIAL_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// The secret, which is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SharedSecret(Secret);

/// Why a text is not a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the secret is empty")]
pub(crate) struct EmptySecret;

/// `turn:` or `turns:` URL without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RelayUrl(String);

/// Why a text is not the URL of a relay.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum RelayUrlError {
    /// The text is no URL of an ICE server at all.
    #[error(transparent)]
    Url(#[from] IceUrlError),
    /// The URL is a STUN server's, which needs no secret.
    #[error(
        "expected a turn: or turns: URL; STUN servers need no secret, name them with --ice-server"
    )]
    NotARelay,
}

impl FromStr for SharedSecret {
    type Err = EmptySecret;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(EmptySecret);
        }
        Ok(Self(Secret::shared(text)))
    }
}

impl FromStr for RelayUrl {
    type Err = RelayUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match IceUrl::parse(text)?.kind {
            UrlKind::Relay => Ok(Self(text.to_owned())),
            UrlKind::Stun => Err(RelayUrlError::NotARelay),
        }
    }
}

impl fmt::Display for RelayUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl SharedSecret {
    /// Describes these servers with credentials for this peer, which open new allocations for so long.
    pub(super) fn server(
        &self,
        urls: Vec<String>,
        peer: &PeerId,
        lifetime: Duration,
        now: UnixMillis,
    ) -> IceServer {
        let credentials = self.0.issue(peer, lifetime, now);
        IceServer {
            urls,
            username: Some(credentials.username),
            credential: Some(credentials.password),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_follow_the_convention() {
        let secret: SharedSecret = "north".parse().unwrap();
        let now = 1_400_000_000_000;
        let peer = PeerId::new("ada".to_owned());
        let server = secret.server(
            vec!["turn:example.org".to_owned()],
            &peer,
            CREDENTIAL_LIFETIME,
            now,
        );
        assert_eq!(server.username.as_deref(), Some("1400003600:ada"));
        // printf 1400003600:ada | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(
            server.credential.as_deref(),
            Some("XvaM4tcrJAbYlzyFuWaF34D2K34=")
        );
    }

    #[test]
    fn an_empty_secret_is_none() {
        assert_eq!("".parse::<SharedSecret>(), Err(EmptySecret));
    }

    #[test]
    fn only_relays_take_the_secret() {
        assert!(
            "turns:example.org:443?transport=tcp"
                .parse::<RelayUrl>()
                .is_ok()
        );
        assert_eq!(
            "stun:example.org".parse::<RelayUrl>(),
            Err(RelayUrlError::NotARelay)
        );
        assert!(matches!(
            "turn:".parse::<RelayUrl>(),
            Err(RelayUrlError::Url(IceUrlError::Host))
        ));
    }
}
