//! Seals what goes out on a connection.
//!
//! Invariant: a report gets a number that no other report of the connection has, the library's included. The library seals its
//! reports with the same key, counts them from 0, and tells the numbers to nobody; a sealer counts from the middle of all
//! numbers. Since the SSRC of the sender is part of what makes a packet unique, the two would not meet either as long as the SFU
//! reports for SSRCs that the library does not report for; that has to be so in any case, because a receiver takes the lower
//! number of two with the same SSRC for a repeated one. An RTP packet has the number that its stream gives it.

use std::fmt;

use thiserror::Error;

use super::cipher::Cipher;
use super::stamp::{ENCRYPTED, Stamp};

/// Sealing a packet makes it longer by so many bytes at most: a report by the tag of 16 bytes and the word with its index, an RTP
/// packet by the tag. A packet with so much room behind it is sealed without being moved.
pub(in crate::server::sfu) const MOST_ADDED: usize = 20;

/// An RTP header has at least so many bytes (RFC 3550 §5.1).
const LEAST_HEADER: usize = 12;
/// An RTP packet's index has so many bits (RFC 3711 §3.3.1).
const INDEX_BITS: u32 = 48;
/// The first report has this index. RFC 3711 §3.2.1 begins with 0, but the receivers ask only that it grows.
const FIRST_REPORT: u32 = 1 << 30;

/// Why a packet is not sealed. What is in it then is not to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(in crate::server::sfu) enum SealError {
    /// It is no packet: too short, or its header has another SSRC or sequence number than it was said to have.
    #[error("the packet is malformed")]
    Malformed,
    /// The key has no number left for it: after 2^48 packets of a stream or 2^30 reports.
    #[error("the keys are used up")]
    UsedUp,
    /// The cipher does not take it.
    #[error("the packet cannot be encrypted")]
    Refused,
}

/// The keys for what goes out.
pub(in crate::server::sfu) struct Sealer {
    /// Seals media.
    rtp: Cipher,
    /// Seals reports.
    rtcp: Cipher,
    /// The index of the next report.
    next_report: u32,
}

impl Sealer {
    /// Takes the keys.
    pub(super) fn new(rtp: Cipher, rtcp: Cipher) -> Self {
        Self {
            rtp,
            rtcp,
            next_report: FIRST_REPORT,
        }
    }

    /// Seals an RTP packet in place and appends the tag, for which there should be [`MOST_ADDED`] bytes of
    /// room. `packet` holds the header, of `header_length` bytes, which stay readable, and the plain payload; `index` is the
    /// stream's count of rollovers, shifted by 16 bits, and the sequence number. No two packets of an SSRC may have the same.
    ///
    /// # Errors
    /// [`SealError`], and then the packet is not to be sent.
    pub(in crate::server::sfu) fn seal_rtp(
        &mut self,
        packet: &mut Vec<u8>,
        header_length: usize,
        ssrc: u32,
        index: u64,
    ) -> Result<(), SealError> {
        if index >> INDEX_BITS != 0 {
            return Err(SealError::UsedUp);
        }
        let header = packet.get(..header_length);
        let header = header.and_then(<[u8]>::first_chunk::<LEAST_HEADER>);
        let [_, _, sequence @ .., _, _, _, _, _, _, _, _] = header.ok_or(SealError::Malformed)?;
        let [.., high, low] = index.to_be_bytes();
        let is_of_stream = header.is_some_and(|it| it.ends_with(&ssrc.to_be_bytes()));
        if *sequence != [high, low] || !is_of_stream {
            return Err(SealError::Malformed);
        }
        let sealed = self
            .rtp
            .seal_rtp(packet, header_length, Stamp { ssrc, index });
        sealed.map_err(|_| SealError::Refused)
    }

    /// Seals a compound RTCP packet in place and appends the index and the tag, for which there should be
    /// [`MOST_ADDED`] bytes of room.
    ///
    /// # Errors
    /// [`SealError`], and then the packet is not to be sent.
    pub(in crate::server::sfu) fn seal_rtcp(
        &mut self,
        packet: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        if self.next_report >= ENCRYPTED {
            return Err(SealError::UsedUp);
        }
        let index = self.next_report;
        self.next_report += 1;
        let sealed = self.rtcp.seal_rtcp(packet, index);
        sealed.map_err(|_| SealError::Malformed)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "tests/sealer.rs"]
pub(super) mod tests;
