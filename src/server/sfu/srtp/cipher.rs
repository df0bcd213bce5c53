//! What seals and opens the packets of a protocol, whatever profile was chosen.
//!
//! Invariant: a packet is sealed where it lies, and nothing is allocated for it if it has room for what is appended.

use aws_lc_rs::error::Unspecified;

use super::counter_mode::CounterMode;
use super::galois_mode::GaloisMode;
use super::master_key::{Labels, MasterKey};
use super::profile::Profile;
use super::stamp::{ENCRYPTED, Stamp};

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
