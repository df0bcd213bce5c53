//! AES in Galois/counter mode, which authenticates what it encrypts (RFC 7714 §8, §9).
//!
//! Invariant: keys are expanded when it is made, never for a packet.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use zeroize::Zeroizing;

use super::master_key::{Labels, MasterKey, number};
use super::stamp::{CLEAR_BYTES, ENCRYPTED, Stamp};

/// A tag has so many bytes.
const TAG_BYTES: usize = 16;
/// What is authenticated besides the encrypted part of a report: the bytes that stay readable, and the word with the index.
const ASSOCIATED_BYTES: usize = CLEAR_BYTES + 4;
/// The SSRC stands above the index of 48 bits.
const SSRC_SHIFT: u32 = 48;

/// The keys of a protocol.
pub(super) struct GaloisMode {
    /// Seals and opens.
    key: LessSafeKey,
    /// The session salt, 96 bits.
    salt: u128,
}

impl GaloisMode {
    /// Makes the keys of AES-128.
    ///
    /// # Errors
    /// [`Unspecified`] if the master key has the wrong length.
    pub(super) fn derive_128(master: &MasterKey<'_>, labels: Labels) -> Result<Self, Unspecified> {
        Self::derive::<16>(&AES_128_GCM, master, labels)
    }

    /// Makes the keys of AES-256.
    ///
    /// # Errors
    /// [`Unspecified`] if the master key has the wrong length.
    pub(super) fn derive_256(master: &MasterKey<'_>, labels: Labels) -> Result<Self, Unspecified> {
        Self::derive::<32>(&AES_256_GCM, master, labels)
    }

    fn derive<const KEY_BYTES: usize>(
        algorithm: &'static Algorithm,
        master: &MasterKey<'_>,
        labels: Labels,
    ) -> Result<Self, Unspecified> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        master.derive(labels.encryption, &mut *key)?;
        let mut salt = [0; 12];
        master.derive(labels.salt, &mut salt)?;
        Self::new(algorithm, &*key, &salt)
    }

    /// Takes session keys.
    ///
    /// # Errors
    /// [`Unspecified`] if the key has the wrong length.
    fn new(
        algorithm: &'static Algorithm,
        key: &[u8],
        salt: &[u8; 12],
    ) -> Result<Self, Unspecified> {
        Ok(Self {
            key: LessSafeKey::new(UnboundKey::new(algorithm, key)?),
            salt: number(salt),
        })
    }

    /// Seals an RTP packet with a header of so many bytes, which stay readable.
    ///
    /// # Errors
    /// [`Unspecified`] if the packet is shorter than its header, or longer than the cipher takes.
    pub(super) fn seal_rtp(
        &self,
        packet: &mut Vec<u8>,
        header_length: usize,
        stamp: Stamp,
    ) -> Result<(), Unspecified> {
        let parts = packet.split_at_mut_checked(header_length);
        let (header, payload) = parts.ok_or(Unspecified)?;
        let (nonce, header) = (self.nonce(stamp), Aad::from(&*header));
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, header, payload)?;
        packet.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Seals a compound RTCP packet. `word` is what follows it: the index, marked as that of an encrypted packet.
    ///
    /// # Errors
    /// [`Unspecified`] if the packet is shorter than what stays readable, or longer than the cipher takes.
    pub(super) fn seal_rtcp(
        &self,
        packet: &mut Vec<u8>,
        stamp: Stamp,
        word: u32,
    ) -> Result<(), Unspecified> {
        let word = word.to_be_bytes();
        let (clear, payload) = packet.split_first_chunk_mut().ok_or(Unspecified)?;
        let (nonce, clear) = (self.nonce(stamp), Aad::from(associated(clear, word)));
        let tag = self.key.seal_in_place_separate_tag(nonce, clear, payload)?;
        packet.extend_from_slice(tag.as_ref());
        packet.extend_from_slice(&word);
        Ok(())
    }

    /// Opens an SRTCP packet into `plain`, which is empty. What is in it after an error is of no meaning.
    ///
    /// # Errors
    /// [`Unspecified`] if it is not authentic, or too short.
    pub(super) fn open_rtcp(&self, packet: &[u8], plain: &mut Vec<u8>) -> Result<(), Unspecified> {
        let (sealed, word) = packet.split_last_chunk().ok_or(Unspecified)?;
        let (body, tag) = sealed.split_last_chunk::<TAG_BYTES>().ok_or(Unspecified)?;
        let nonce = self.nonce(Stamp::read(body, *word).ok_or(Unspecified)?);
        let (clear, payload) = body.split_first_chunk().ok_or(Unspecified)?;
        if u32::from_be_bytes(*word) & ENCRYPTED == 0 {
            plain.extend_from_slice(body);
            plain.extend_from_slice(word);
            let all = Aad::from(&*plain);
            self.key
                .open_separate_gather(nonce, all, &[], tag, &mut [])?;
            plain.truncate(body.len());
            return Ok(());
        }
        plain.extend_from_slice(clear);
        plain.resize(body.len(), 0);
        let clear = Aad::from(associated(clear, *word));
        let into = plain.get_mut(CLEAR_BYTES..).ok_or(Unspecified)?;
        self.key
            .open_separate_gather(nonce, clear, payload, tag, into)
    }

    /// Makes the nonce of a packet.
    fn nonce(&self, stamp: Stamp) -> Nonce {
        let nonce = u128::from(stamp.ssrc) << SSRC_SHIFT | u128::from(stamp.index);
        let [_, _, _, _, nonce @ ..] = (self.salt ^ nonce).to_be_bytes();
        Nonce::assume_unique_for_key(nonce)
    }
}

/// Puts together what is authenticated besides the encrypted part of a report.
fn associated(clear: &[u8; CLEAR_BYTES], word: [u8; 4]) -> [u8; ASSOCIATED_BYTES] {
    let mut associated = [0; ASSOCIATED_BYTES];
    let (first, last) = associated.split_at_mut(CLEAR_BYTES);
    first.copy_from_slice(clear);
    last.copy_from_slice(&word);
    associated
}

#[cfg(test)]
#[path = "tests/galois_mode.rs"]
mod tests;
