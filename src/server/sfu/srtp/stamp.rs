//! What makes a packet another than all others with the same keys, and where it stands in an SRTCP packet.
//!
//! Invariant: what is read of a packet is what was written into it.

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
