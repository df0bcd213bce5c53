//! Who a request is from (RFC 8489 section 9.2).
//!
//! Invariant: nobody is believed whose signature was not checked with a key made of this server's secret.

use stun_types::message::IntegrityKey;

use super::answer::Refusal;
use super::five_tuple::ClientPath;
use super::host::Host;
use super::realm::{self, REALM};
use super::request::Request;
use super::rules::Core;
use crate::server::clock::UnixMillis;
use crate::server::secrets::turn_credentials::Username;

/// Somebody who has proved who they are.
#[derive(Debug)]
pub(super) struct User {
    /// They signed under this name.
    pub(crate) username: String,
    /// They signed with this key, with which the answer is signed too.
    pub(crate) key: IntegrityKey,
}

impl<H: Host> Core<H> {
    /// Finds out who signed the request.
    ///
    /// # Errors
    /// The refusal that tells the client what to try next.
    pub(super) fn authenticate(
        &self,
        path: &ClientPath,
        request: &Request<'_>,
        now: UnixMillis,
    ) -> Result<User, Refusal> {
        let address = path.remote.ip();
        let nonce = || self.rules.nonces.issue(address, now);
        let claim = match request.claim() {
            None => return Err(Refusal::Unauthorized(nonce())),
            Some(claim) => claim?,
        };
        if !self.rules.nonces.accepts(&claim.nonce, address, now) {
            return Err(Refusal::StaleNonce(nonce()));
        }
        let key = match self.allocations.get(path) {
            Some(allocation) if *allocation.username == *claim.username => allocation.key.clone(),
            _ => realm::integrity_key(&self.rules.secret, &claim.username),
        };
        let signed = claim.realm == REALM
            && Username::parse(&claim.username).is_some()
            && request.message.validate_integrity_with_key(&key).is_ok();
        if !signed {
            return Err(Refusal::Unauthorized(nonce()));
        }
        Ok(User {
            username: claim.username,
            key,
        })
    }
}
