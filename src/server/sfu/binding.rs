//! What the SFU itself reads of STUN binding requests and their answers (RFC 8489, RFC 8445 section 7); the library checks and answers them.
//!
//! Invariant: of a request nothing counts that its integrity does not cover.

use super::ways::is_stun;

/// A STUN message is known by this.
pub(super) type TransactionId = [u8; 12];

const HEADER: usize = 20;
const REQUEST: [u8; 2] = [0x00, 0x01];
const SUCCESS: [u8; 2] = [0x01, 0x01];
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const USE_CANDIDATE: u16 = 0x0025;

/// A binding request, as it claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BindingRequest<'a> {
    /// It is known by this.
    pub(super) transaction: TransactionId,
    /// It names this username fragment of ours, which stands first in the recipient's view (RFC 8445 section 7.2.2).
    pub(super) ufrag: Option<&'a [u8]>,
    /// The client nominates the pair of addresses that it travels between (RFC 8445 section 7.2.3).
    pub(super) nominates: bool,
}

impl<'a> BindingRequest<'a> {
    /// Reads a datagram. `None` for everything else.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (header, mut attributes) = bytes.split_at_checked(HEADER)?;
        let length = u16::from_be_bytes([*header.get(2)?, *header.get(3)?]);
        let is_request = header.starts_with(&REQUEST) && header.get(4..8)? == COOKIE;
        if !is_request || attributes.len() != usize::from(length) {
            return None;
        }
        let mut request = Self {
            transaction: *header.last_chunk()?,
            ufrag: None,
            nominates: false,
        };
        while let Some((&[high, low, long, short], rest)) = attributes.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes([long, short]));
            let (Some(value), next) = (rest.get(..length), rest.get(length.next_multiple_of(4)..))
            else {
                break;
            };
            match u16::from_be_bytes([high, low]) {
                USERNAME if request.ufrag.is_none() => {
                    let colon = value.iter().position(|byte| *byte == b':');
                    request.ufrag = colon.and_then(|colon| value.get(..colon));
                }
                USE_CANDIDATE => request.nominates = true,
                MESSAGE_INTEGRITY => break,
                _ => {}
            }
            attributes = next.unwrap_or_default();
        }
        Some(request)
    }
}

/// Gives the transaction of a binding request that a datagram answers, and accepts. `None` for everything else.
pub(super) fn accepted(bytes: &[u8]) -> Option<TransactionId> {
    let header: &[u8; HEADER] = bytes.first_chunk()?;
    (is_stun(bytes) && header.starts_with(&SUCCESS)).then_some(*header.last_chunk()?)
}

#[cfg(test)]
#[path = "tests/binding.rs"]
mod tests;
