//! Credentials of TURN servers that end by themselves: the user name says who and until when, the password proves who
//! wrote it.
//!
//! The convention is that of TURN's REST interface (draft-uberti-behave-turn-rest), which coturn's
//! `use-auth-secret` shares: password = base64(HMAC-SHA1(secret, user name)). Invariant: nothing is stored per user.

use std::time::Duration;

use data_encoding::BASE64;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;

use crate::protocol::PeerId;
use crate::server::clock::UnixMillis;
use crate::server::secrets::resume_token::KEY_BYTES;

/// What only this server (or whoever runs the other TURN server) can sign with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// A user name and its password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    /// The name is `expiry:peer`, the expiry in seconds since the Unix epoch.
    pub(crate) username: String,
    /// The password is a signature of the name, in base64.
    pub(crate) password: String,
}

/// What a user name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Username<'a> {
    /// The name opens no allocation after this time, in seconds since the Unix epoch.
    pub(super) expiry: u64,
    /// The credentials are this peer's.
    pub(crate) peer: &'a str,
}

impl<'a> Username<'a> {
    /// Reads `expiry:peer`.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (expiry, peer) = text.split_once(':')?;
        let digits =
            (1..=12).contains(&expiry.len()) && expiry.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || peer.is_empty() {
            return None;
        }
        Some(Self {
            expiry: expiry.parse().ok()?,
            peer,
        })
    }

    /// Says whether it still opens allocations.
    pub(crate) fn is_current(&self, now: UnixMillis) -> bool {
        now / 1000 < self.expiry
    }
}

impl Secret {
    /// Takes a secret that is shared with another server.
    pub(crate) fn shared(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }

    /// Makes a secret of this server's own: derived from its key, so that credentials outlive a restart.
    pub(crate) fn derived(key: &[u8; KEY_BYTES], purpose: &[u8]) -> Self {
        let mut mac = mac::<Hmac<Sha256>>(key);
        mac.update(purpose);
        Self(mac.finalize().into_bytes().to_vec())
    }

    /// Makes credentials for a peer, for new allocations within so many whole seconds.
    pub(crate) fn issue(&self, peer: &PeerId, lifetime: Duration, now: UnixMillis) -> Credentials {
        let username = format!("{}:{peer}", now / 1000 + lifetime.as_secs());
        let password = self.password(&username);
        Credentials { username, password }
    }

    /// Signs a user name: that is its password.
    pub(crate) fn password(&self, username: &str) -> String {
        let mut mac = mac::<Hmac<Sha1>>(&self.0);
        mac.update(username.as_bytes());
        BASE64.encode(&mac.finalize().into_bytes())
    }

    /// Gives the first bytes of an HMAC-SHA256 over the parts.
    pub(crate) fn sign<const N: usize>(&self, parts: &[&[u8]]) -> [u8; N] {
        let mut mac = mac::<Hmac<Sha256>>(&self.0);
        for part in parts {
            mac.update(part);
        }
        let whole = mac.finalize().into_bytes();
        let mut first = [0; N];
        first.copy_from_slice(&whole[..N]);
        first
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8]) -> M {
    // HMAC takes keys of every length; an empty one stands in for the error that cannot be.
    <M as Mac>::new_from_slice(key).unwrap_or_else(|_| <M as Mac>::new(&Default::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::secrets::random;

    #[test]
    fn the_password_is_what_other_servers_compute_from_the_same_secret() {
        // printf '1700000000:ada' | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(
            Secret::shared("north").password("1700000000:ada"),
            "ndZ88ryT1whVxdkcRLepT9D1MpM="
        );
    }

    #[test]
    fn the_secret_never_shows_in_debug_output() {
        let secret = Secret::shared("hidden");
        assert!(!format!("{secret:?}").contains("hidden"));
    }

    #[test]
    fn a_user_name_says_who_and_until_when() {
        let peer = random::peer_id([7; 12]);
        let credentials =
            Secret::shared("north").issue(&peer, Duration::from_secs(600), 1_700_000_000_000);
        let username = Username::parse(&credentials.username).unwrap();
        assert_eq!(username.peer, peer.as_str());
        assert!(username.is_current(1_700_000_599_999));
        assert!(!username.is_current(1_700_000_600_000));
    }

    #[test]
    fn other_user_names_are_nobodys() {
        for text in [
            "",
            "ada",
            ":ada",
            "12:",
            "x1:ada",
            "-1:ada",
            "+1:ada",
            "1234567890123:ada",
        ] {
            assert_eq!(Username::parse(text), None, "{text}");
        }
    }

    #[test]
    fn keys_differ_by_purpose_and_server() {
        let one = Secret::derived(&[1; KEY_BYTES], b"relay");
        assert_ne!(
            one.password("1:a"),
            Secret::derived(&[2; KEY_BYTES], b"relay").password("1:a")
        );
        assert_ne!(
            one.password("1:a"),
            Secret::derived(&[1; KEY_BYTES], b"nonce").password("1:a")
        );
    }
}
