//! The protection profiles that a handshake may choose (RFC 5764 §4.1.2, RFC 7714 §14.2).
//!
//! Pure. Invariant: a profile that is not known here is none.

use str0m::crypto::dtls::SrtpProfile;

/// A protection profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// `SRTP_AES128_CM_HMAC_SHA1_80`: AES-128 in counter mode, with tags of 80 bits.
    CounterMode,
    /// `SRTP_AEAD_AES_128_GCM`.
    Galois128,
    /// `SRTP_AEAD_AES_256_GCM`.
    Galois256,
}

impl Profile {
    /// Takes over what the library names; `None` if it names one that came later than this.
    pub(super) fn read(named: SrtpProfile) -> Option<Self> {
        match named {
            SrtpProfile::AES128_CM_SHA1_80 => Some(Self::CounterMode),
            SrtpProfile::AEAD_AES_128_GCM => Some(Self::Galois128),
            SrtpProfile::AEAD_AES_256_GCM => Some(Self::Galois256),
            _ => None,
        }
    }

    /// Gives the length of a master key, and of a session key for encryption, in bytes.
    pub(super) fn key_length(self) -> usize {
        match self {
            Self::CounterMode | Self::Galois128 => 16,
            Self::Galois256 => 32,
        }
    }

    /// Gives the length of a master salt, and of a session salt, in bytes.
    pub(super) fn salt_length(self) -> usize {
        match self {
            Self::CounterMode => 14,
            Self::Galois128 | Self::Galois256 => 12,
        }
    }
}
