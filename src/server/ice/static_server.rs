//! The ICE servers the operator configured, checked at start instead of by the first browser that chokes on them.
//!
//! Invariant: an [`IceServerOption`] is what `RTCPeerConnection` accepts: a STUN URL without, a TURN URL with both
//! credentials (RFC 7064, RFC 7065).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::protocol::{IceServer, IceUrl, IceUrlError, UrlKind};

/// One `--ice-server`. `Debug` hides the credential.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct IceServerOption(IceServer);

impl IceServerOption {
    /// Describes the server as clients are told of it.
    pub(crate) fn to_protocol(&self) -> IceServer {
        self.0.clone()
    }
}

impl fmt::Debug for IceServerOption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "IceServerOption({:?})", self.0.urls)
    }
}

/// Why a text is not an ICE server.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum IceServerError {
    /// The URL cannot be taken apart.
    #[error(transparent)]
    Url(#[from] IceUrlError),
    /// A field after the URL is unknown.
    #[error("after the URL only username=… and then credential=… may follow, separated by commas")]
    Field,
    /// A TURN server needs both a user name and a credential, and one is missing.
    #[error("a TURN server needs username=… and credential=…")]
    CredentialMissing,
    /// A STUN server takes no credentials, and some are given.
    #[error("a STUN server takes no username and no credential")]
    CredentialUnused,
}

impl FromStr for IceServerOption {
    type Err = IceServerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (url, fields) = match text.split_once(',') {
            Some((url, fields)) => (url, Some(fields)),
            None => (text, None),
        };
        let kind = IceUrl::parse(url)?.kind;
        let (username, credential) = match fields {
            None => (None, None),
            Some(fields) => {
                let (username, credential) = fields
                    .strip_prefix("username=")
                    .and_then(|rest| rest.split_once(",credential="))
                    .ok_or(IceServerError::Field)?;
                if username.is_empty() || credential.is_empty() {
                    return Err(IceServerError::CredentialMissing);
                }
                (Some(username.to_owned()), Some(credential.to_owned()))
            }
        };
        match (kind, username.is_some()) {
            (UrlKind::Relay, false) => Err(IceServerError::CredentialMissing),
            (UrlKind::Stun, true) => Err(IceServerError::CredentialUnused),
            _ => Ok(Self(IceServer {
                urls: vec![url.to_owned()],
                username,
                credential,
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<IceServer, IceServerError> {
        text.parse::<IceServerOption>()
            .map(|option| option.to_protocol())
    }

    #[test]
    fn urls_of_both_kinds_are_taken_as_they_are() {
        for url in [
            "stun:example.org",
            "stuns:example.org:5349",
            "stun:192.0.2.1:3478",
            "stun:[2001:db8::1]:3478",
        ] {
            assert_eq!(
                parse(url),
                Ok(IceServer {
                    urls: vec![url.to_owned()],
                    username: None,
                    credential: None
                })
            );
        }
        let turn =
            parse("turn:example.org:3478?transport=tcp,username=ada,credential=a,b=c").unwrap();
        assert_eq!(turn.urls, ["turn:example.org:3478?transport=tcp"]);
        assert_eq!(turn.username.as_deref(), Some("ada"));
        assert_eq!(turn.credential.as_deref(), Some("a,b=c"));
    }

    #[test]
    fn each_mistake_has_its_own_words() {
        for (text, error) in [
            ("", IceServerError::Url(IceUrlError::Scheme)),
            (
                "https://example.org",
                IceServerError::Url(IceUrlError::Scheme),
            ),
            ("stun:", IceServerError::Url(IceUrlError::Host)),
            ("stun://example.org", IceServerError::Url(IceUrlError::Host)),
            ("stun:[::1", IceServerError::Url(IceUrlError::Host)),
            ("stun:exa mple", IceServerError::Url(IceUrlError::Host)),
            ("stun:example.org:0", IceServerError::Url(IceUrlError::Port)),
            (
                "stun:example.org:70000",
                IceServerError::Url(IceUrlError::Port),
            ),
            (
                "stun:example.org?transport=udp",
                IceServerError::Url(IceUrlError::Transport),
            ),
            (
                "turn:example.org?transport=tls,username=a,credential=b",
                IceServerError::Url(IceUrlError::Transport),
            ),
            ("turn:example.org", IceServerError::CredentialMissing),
            (
                "turn:example.org,username=,credential=b",
                IceServerError::CredentialMissing,
            ),
            ("turn:example.org,password=b", IceServerError::Field),
            (
                "stun:example.org,username=a,credential=b",
                IceServerError::CredentialUnused,
            ),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_credential_never_shows_in_debug_output() {
        let option: IceServerOption = "turn:example.org,username=ada,credential=hidden"
            .parse()
            .unwrap();
        assert!(!format!("{option:?}").contains("hidden"));
    }
}
