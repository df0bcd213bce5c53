//! AES-128 in counter mode with HMAC-SHA1, whose tags have 80 bits (RFC 3711 §4.1.1, §4.2.1, §3.4).
//!
//! Invariant: keys are expanded when it is made, never for a packet.

use aws_lc_rs::cipher::{AES_128, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac::{Context, HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key};
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

use super::master_key::{Labels, MasterKey, number};
use super::stamp::{CLEAR_BYTES, ENCRYPTED, Stamp};

/// A tag has so many bytes: 80 bits of the 160.
const TAG_BYTES: usize = 10;
/// A key of the HMAC has so many bytes.
const AUTHENTICATION_BYTES: usize = 20;
/// The blocks of a packet are counted in the lowest bits; the salt and the index stand above them.
const COUNTER_BITS: u32 = 16;
/// The SSRC stands above the index of 48 bits and the counter.
const SSRC_SHIFT: u32 = 64;

/// The keys of a protocol.
pub(super) struct CounterMode {
    /// Encrypts, and decrypts.
    key: EncryptingKey,
    /// The session salt, where it stands in the first counter.
    salt: u128,
    /// Authenticates.
    authentication: Key,
}

impl CounterMode {
    /// Makes the keys.
    ///
    /// # Errors
    /// [`Unspecified`] if the master key has the wrong length.
    pub(super) fn derive(master: &MasterKey<'_>, labels: Labels) -> Result<Self, Unspecified> {
        let mut key = Zeroizing::new([0; 16]);
        master.derive(labels.encryption, &mut *key)?;
        let mut authentication = Zeroizing::new([0; AUTHENTICATION_BYTES]);
        master.derive(labels.authentication, &mut *authentication)?;
        let mut salt = [0; 14];
        master.derive(labels.salt, &mut salt)?;
        Self::new(&key, &salt, &*authentication)
    }

    /// Takes session keys.
    ///
    /// # Errors
    /// [`Unspecified`] if the library refuses the key.
    fn new(key: &[u8; 16], salt: &[u8; 14], authentication: &[u8]) -> Result<Self, Unspecified> {
        Ok(Self {
            key: EncryptingKey::ctr(UnboundCipherKey::new(&AES_128, key)?)?,
            salt: number(salt) << COUNTER_BITS,
            authentication: Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, authentication),
        })
    }

    /// Seals an RTP packet with a header of so many bytes, which stay readable.
    ///
    /// # Errors
    /// [`Unspecified`] if the packet is shorter than its header.
    pub(super) fn seal_rtp(
        &self,
        packet: &mut Vec<u8>,
        header_length: usize,
        stamp: Stamp,
    ) -> Result<(), Unspecified> {
        self.encrypt(packet.get_mut(header_length..).ok_or(Unspecified)?, stamp)?;
        let [_, _, rollovers @ .., _, _] = stamp.index.to_be_bytes();
        let tag = self.tag(packet, &rollovers);
        packet.extend_from_slice(&tag);
        Ok(())
    }

    /// Seals a compound RTCP packet. `word` is what follows it: the index, marked as that of an encrypted packet.
    ///
    /// # Errors
    /// [`Unspecified`] if the packet is shorter than what stays readable.
    pub(super) fn seal_rtcp(
        &self,
        packet: &mut Vec<u8>,
        stamp: Stamp,
        word: u32,
    ) -> Result<(), Unspecified> {
        self.encrypt(packet.get_mut(CLEAR_BYTES..).ok_or(Unspecified)?, stamp)?;
        packet.extend_from_slice(&word.to_be_bytes());
        let tag = self.tag(packet, &[]);
        packet.extend_from_slice(&tag);
        Ok(())
    }

    /// Opens an SRTCP packet into `plain`, which is empty.
    ///
    /// # Errors
    /// [`Unspecified`] if it is not authentic, or too short.
    pub(super) fn open_rtcp(&self, packet: &[u8], plain: &mut Vec<u8>) -> Result<(), Unspecified> {
        let (authentic, tag) = packet.split_last_chunk::<TAG_BYTES>().ok_or(Unspecified)?;
        let (body, word) = authentic.split_last_chunk().ok_or(Unspecified)?;
        let stamp = Stamp::read(body, *word).ok_or(Unspecified)?;
        verify_slices_are_equal(&self.tag(authentic, &[]), tag)?;
        plain.extend_from_slice(body);
        if u32::from_be_bytes(*word) & ENCRYPTED == 0 {
            return Ok(());
        }
        self.encrypt(plain.get_mut(CLEAR_BYTES..).ok_or(Unspecified)?, stamp)
    }

    /// Encrypts in place; what is encrypted it decrypts.
    fn encrypt(&self, payload: &mut [u8], stamp: Stamp) -> Result<(), Unspecified> {
        let start = u128::from(stamp.ssrc) << SSRC_SHIFT;
        let start = self.salt ^ start ^ (u128::from(stamp.index) << COUNTER_BITS);
        let start = EncryptionContext::Iv128(FixedLength::from(start.to_be_bytes()));
        self.key.less_safe_encrypt(payload, start)?;
        Ok(())
    }

    /// Makes the tag of these bytes, as if the others followed.
    fn tag(&self, bytes: &[u8], others: &[u8]) -> [u8; TAG_BYTES] {
        let mut context = Context::with_key(&self.authentication);
        context.update(bytes);
        context.update(others);
        let whole = context.sign();
        let mut tag = [0; TAG_BYTES];
        tag.iter_mut()
            .zip(whole.as_ref())
            .for_each(|(to, from)| *to = *from);
        tag
    }
}

#[cfg(test)]
#[path = "tests/counter_mode.rs"]
mod tests;
