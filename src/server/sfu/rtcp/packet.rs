//! The packets that a compound RTCP packet consists of (RFC 3550 §6.1, §6.4.1).
//!
//! Pure. Invariant: a packet ends where its length says, and never behind the compound packet.

/// The version of RTP, in the upper two bits of the first octet.
const VERSION: u8 = 2;
/// The bit of the first octet that announces padding.
const PADDING: u8 = 0x20;
/// The bits of the first octet that hold the count, or the format.
const COUNT_BITS: u8 = 0x1f;

/// A packet of a compound packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet<'a> {
    /// What kind of packet it is: `PT`.
    pub(super) kind: u8,
    /// How many blocks it has, or what kind of feedback it is: `RC` or `FMT`; 0..32.
    pub(super) count: u8,
    /// What follows the first four bytes, without padding.
    pub(super) body: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Takes the first packet off a compound packet, and gives what is behind it. `None` if there is none, or it is malformed.
    pub(super) fn split(compound: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&[first, kind, length @ ..], rest) = compound.split_first_chunk::<4>()?;
        if first >> 6 != VERSION {
            return None;
        }
        let length = usize::from(u16::from_be_bytes(length)) * 4;
        let (mut body, behind) = rest.split_at_checked(length)?;
        if first & PADDING != 0 {
            body = without_padding(body)?;
        }
        let count = first & COUNT_BITS;
        Some((Self { kind, count, body }, behind))
    }
}

/// Takes the padding off, whose last octet says how long it is, itself included.
fn without_padding(body: &[u8]) -> Option<&[u8]> {
    let padding = usize::from(*body.last()?);
    let length = body.len().checked_sub(padding)?;
    (padding > 0).then(|| body.get(..length))?
}
