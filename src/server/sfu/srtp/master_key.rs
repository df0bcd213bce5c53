//! The master keys that a handshake brings, and the session keys that are made of them (RFC 3711 §4.3, RFC 7714 §11).
//!
//! Invariant: a master key is only borrowed, and what is made of it is wiped by whoever asked for it.

use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;

use super::profile::Profile;

/// The bits of a master salt; a shorter one is followed by zeros (RFC 7714 §11).
const SALT_BITS: usize = 112;
/// The label stands above the index, which is 0 as keys are never renewed (RFC 3711 §4.3.1).
const LABEL_SHIFT: u32 = 48;
/// The counter of the blocks takes the lowest bits of what is encrypted (RFC 3711 §4.1.1).
const COUNTER_BITS: u32 = 16;

/// What a session key is for; the numbers are the labels (RFC 3711 §4.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// Encrypts RTP.
    RtpEncryption = 0,
    /// Authenticates RTP, where a cipher does not do it itself.
    RtpAuthentication = 1,
    /// The salt of RTP.
    RtpSalt = 2,
    /// Encrypts RTCP.
    RtcpEncryption = 3,
    /// Authenticates RTCP, where a cipher does not do it itself.
    RtcpAuthentication = 4,
    /// The salt of RTCP.
    RtcpSalt = 5,
}

/// The three keys of a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Labels {
    /// Encrypts.
    pub(super) encryption: Label,
    /// Authenticates.
    pub(super) authentication: Label,
    /// Salts.
    pub(super) salt: Label,
}

impl Labels {
    /// The keys of RTP.
    pub(super) const RTP: Self = Self {
        encryption: Label::RtpEncryption,
        authentication: Label::RtpAuthentication,
        salt: Label::RtpSalt,
    };
    /// The keys of RTCP.
    pub(super) const RTCP: Self = Self {
        encryption: Label::RtcpEncryption,
        authentication: Label::RtcpAuthentication,
        salt: Label::RtcpSalt,
    };
}

/// The master key and the master salt of one side. It is not to be printed.
#[derive(Clone, Copy)]
pub(super) struct MasterKey<'a> {
    /// 16 bytes, or 32 where AES-256 is used.
    key: &'a [u8],
    /// The salt, of [`SALT_BITS`].
    salt: u128,
}

impl<'a> MasterKey<'a> {
    /// Takes the keys of the client and of the server, in this order, out of what the handshake exported: both keys, then both
    /// salts, the client's first (RFC 5764 §4.2). `None` if it has another length than the profile asks for.
    pub(super) fn of_both(exported: &'a [u8], profile: Profile) -> Option<[Self; 2]> {
        let (key, salt) = (profile.key_length(), profile.salt_length());
        let (client, rest) = exported.split_at_checked(key)?;
        let (server, rest) = rest.split_at_checked(key)?;
        let (client_salt, server_salt) = rest.split_at_checked(salt)?;
        (server_salt.len() == salt).then(|| {
            [
                Self::new(client, client_salt),
                Self::new(server, server_salt),
            ]
        })
    }

    /// Takes a key and a salt of at most 14 bytes.
    pub(super) fn new(key: &'a [u8], salt: &[u8]) -> Self {
        let missing = SALT_BITS.saturating_sub(salt.len() * 8);
        Self {
            key,
            salt: number(salt) << missing,
        }
    }

    /// Makes a session key as long as `into`, of at most 1 MiB: the key stream of the master key (RFC 3711 §4.3.3, RFC 6188 §3).
    ///
    /// # Errors
    /// [`Unspecified`] if the master key is none of AES-128 or AES-256.
    pub(super) fn derive(&self, label: Label, into: &mut [u8]) -> Result<(), Unspecified> {
        let algorithm = match self.key.len() {
            32 => &AES_256,
            _ => &AES_128,
        };
        let key = EncryptingKey::ctr(UnboundCipherKey::new(algorithm, self.key)?)?;
        let start = (self.salt ^ (u128::from(label as u8) << LABEL_SHIFT)) << COUNTER_BITS;
        let start = EncryptionContext::Iv128(FixedLength::from(start.to_be_bytes()));
        into.fill(0);
        key.less_safe_encrypt(into, start)?;
        Ok(())
    }
}

/// Reads a number of at most 16 bytes, the highest first.
pub(super) fn number(bytes: &[u8]) -> u128 {
    let next = |number, byte: &u8| number << 8 | u128::from(*byte);
    bytes.iter().fold(0, next)
}

#[cfg(test)]
#[path = "tests/master_key.rs"]
pub(super) mod tests;
