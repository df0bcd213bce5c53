//! SRTP (RFC 3711, RFC 7714) for what the SFU sends itself, with the keys of the library's DTLS handshake (RFC 5764).
//!
//! The library keeps the same keys for what comes in, and for the reports it sends itself. Invariant: no key leaves this folder
//! and none is printed, and nothing is sealed twice with the same numbers, here and by the library: every stream has an SSRC of
//! its own, its packets have indices of their own, and of the indices of reports the library takes the lower ones and a
//! [`Sealer`] the upper ones.

mod cipher;
mod counter_mode;
mod galois_mode;
mod key_export;
mod master_key;
mod opener;
mod profile;
mod sealer;
mod stamp;

pub(super) use key_export::{KeyExport, with_exported_keys};
pub(super) use opener::Opener;
#[cfg(test)]
pub(super) use sealer::tests::any_sealer;
pub(super) use sealer::{MOST_ADDED, Sealer};
