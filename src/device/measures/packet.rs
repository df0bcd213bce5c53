//! What stands in the clear at the beginning of a packet of RTP (RFC 3550 section 5.1), also of one that is encrypted.

/// The part of it that tells packets apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RtpHeader {
    /// Its format has this number.
    pub(crate) payload_type: u8,
    /// It has this number among those of its source.
    pub(crate) number: u16,
    /// It is of this source.
    pub(crate) source: u32,
}

impl RtpHeader {
    /// Reads it; `None` for what is too short.
    pub(crate) fn read(packet: &[u8]) -> Option<Self> {
        let [_, second, n0, n1, _, _, _, _, s0, s1, s2, s3] = *packet.first_chunk::<12>()?;
        Some(Self {
            payload_type: second & 0x7f,
            number: u16::from_be_bytes([n0, n1]),
            source: u32::from_be_bytes([s0, s1, s2, s3]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_and_a_short_one_is_none() {
        let packet = [0x80, 0x80 | 96, 1, 2, 9, 9, 9, 9, 0, 0, 3, 4, 5];
        let header = RtpHeader {
            payload_type: 96,
            number: 0x0102,
            source: 0x0304,
        };
        assert_eq!(RtpHeader::read(&packet), Some(header));
        assert_eq!(RtpHeader::read(&packet[..11]), None);
    }
}
