//! The realm of this relay: what its credentials are good for, and the keys they stand for.
//!
//! Invariant: the keys come from the credentials alone, so that nothing is stored per user.

use std::time::Duration;

use stun_types::message::{IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials};

use crate::server::secrets::turn_credentials::Secret;

/// The realm's name: short, so that a refusal fits into what the smallest request may be answered with.
pub(crate) const REALM: &str = "turn";

/// Credentials open new allocations for this long.
pub(crate) const CREDENTIAL_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Makes the key that the messages of a user are signed with (RFC 8489 section 9.2.2).
pub(crate) fn integrity_key(secret: &Secret, username: &str) -> IntegrityKey {
    let password = secret.password(username);
    LongTermKeyCredentials::new(username.to_owned(), password, REALM.to_owned())
        .make_key(IntegrityAlgorithm::Sha1)
}
