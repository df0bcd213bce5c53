//! What seals and opens the packets of a protocol, whatever profile was chosen.
//!
//! Invariant: a packet is sealed where it lies, and nothing is allocated for it if it has room for what is appended.

use aws_lc_rs::error::Unspecified;

use super::counter_mode::CounterMode;
use super::galois_mode::GaloisMode;
use super::master_key::{Labels, MasterKey};
use super::profile::Profile;

/// So many bytes of a compound RTCP packet stay readable: the header of its first packet, and the SSRC of who sends it
/// (RFC 3711 §3.4).
pub(super) const CLEAR_BYTES: usize = 8;
/// Marks the index of an SRTCP packet that is encrypted, not only authentic: the E flag (RFC 3711 §3.4).
pub(super) const ENCRYPTED: u32 = 1 << 31;

/// What makes a packet another than all others with the same keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Whose packet it is.
    pub(super) ssrc: u32,
    /// Its number: 48 bits in SRTP, 31 in SRTCP.
    pub(super) index: u64,
}

impl Stamp {
    /// Reads it of an SRTCP packet: `body` begins with the bytes that stay readable, `word` holds the index. `None` if the body
    /// is too short.
    pub(super) fn read(body: &[u8], word: [u8; 4]) -> Option<Self> {
        let (_, ssrc) = body.first_chunk::<CLEAR_BYTES>()?.split_last_chunk()?;
        Some(Self {
            ssrc: u32::from_be_bytes(*ssrc),
            index: u64::from(u32::from_be_bytes(word) & !ENCRYPTED),
        })
    }
}

/// The keys of one side for one protocol.
pub(super) enum Cipher {
    /// Counter mode, and a tag that is made apart.
    Counter(Box<CounterMode>),
    /// Galois/counter mode.
    Galois(Box<GaloisMode>),
}

impl Cipher {
    /// Makes the keys for a protocol.
    ///
    /// # Errors
    /// [`Unspecified`] if the master key is not one of this profile.
    pub(super) fn derive(
        profile: Profile,
        master: &MasterKey<'_>,
        labels: Labels,
    ) -> Result<Self, Unspecified> {
        Ok(match profile {
            Profile::CounterMode => Self::Counter(CounterMode::derive(master, labels)?.into()),
            Profile::Galois128 => Self::Galois(GaloisMode::derive_128(master, labels)?.into()),
            Profile::Galois256 => Self::Galois(GaloisMode::derive_256(master, labels)?.into()),
        })
    }

    /// Seals an RTP packet with a header of so many bytes.
    ///
    /// # Errors
    /// [`Unspecified`] if the packet is shorter than its header, or longer than the cipher takes.
    pub(super) fn seal_rtp(
        &self,
        packet: &mut Vec<u8>,
        header_length: usize,
        stamp: Stamp,
    ) -> Result<(), Unspecified> {
        match self {
            Self::Counter(mode) => mode.seal_rtp(packet, header_length, stamp),
            Self::Galois(mode) => mode.seal_rtp(packet, header_length, stamp),
        }
    }

    /// Seals a compound RTCP packet, which its first SSRC and this index of 31 bits make unique.
    ///
    /// # Errors
    /// [`Unspecified`] if the packet is too short, or longer than the cipher takes.
    pub(super) fn seal_rtcp(&self, packet: &mut Vec<u8>, index: u32) -> Result<(), Unspecified> {
        let word = index | ENCRYPTED;
        let stamp = Stamp::read(packet, word.to_be_bytes()).ok_or(Unspecified)?;
        match self {
            Self::Counter(mode) => mode.seal_rtcp(packet, stamp, word),
            Self::Galois(mode) => mode.seal_rtcp(packet, stamp, word),
        }
    }

    /// Opens an SRTCP packet into `plain`, which is empty. What is in it after an error is of no meaning.
    ///
    /// # Errors
    /// [`Unspecified`] if it is not authentic, or too short.
    pub(super) fn open_rtcp(&self, packet: &[u8], plain: &mut Vec<u8>) -> Result<(), Unspecified> {
        match self {
            Self::Counter(mode) => mode.open_rtcp(packet, plain),
            Self::Galois(mode) => mode.open_rtcp(packet, plain),
        }
    }
}
