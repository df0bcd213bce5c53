//! Where one message ends in a stream (RFC 8656 section 3.1 and 12.5): STUN messages and ChannelData say their
//! lengths in their first four bytes.
//!
//! Invariant: no more than [`MOST_BYTES`] of a message are ever waited for.

use thiserror::Error;

/// The longest message has so many bytes: ChannelData with 65,535 bytes and its padding, which is longer than any STUN
/// message this server understands.
pub(super) const MOST_BYTES: usize = 4 + 65_536;

/// The longest STUN message that is read has so many bytes.
const MOST_STUN_BYTES: usize = 20 + 65_532;

/// This is no stream of STUN messages and ChannelData: there is no telling where the next message starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("neither STUN nor ChannelData")]
pub(super) struct NotFramed;

/// A message at the start of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// The message has so many bytes.
    pub(super) length: usize,
    /// The next message starts after so many bytes, padding included.
    pub(super) stride: usize,
}

/// Finds the frame that starts the bytes, as far as its first four bytes are there.
pub(crate) fn first(bytes: &[u8]) -> Result<Option<Frame>, NotFramed> {
    let Some(([a, _, c, d], _)) = bytes.split_first_chunk::<4>() else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([*c, *d]));
    match (a >> 6, length % 4) {
        (0, 0) if 20 + length <= MOST_STUN_BYTES => Ok(Some(Frame {
            length: 20 + length,
            stride: 20 + length,
        })),
        (1, _) => Ok(Some(Frame {
            length: 4 + length,
            stride: 4 + length.next_multiple_of(4),
        })),
        _ => Err(NotFramed),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn frames_are_told_by_their_first_bytes() {
        for (bytes, expected) in [
            (&[][..], Ok(None)),
            (&[0, 1, 0], Ok(None)),
            (
                &[0, 1, 0, 8],
                Ok(Some(Frame {
                    length: 28,
                    stride: 28,
                })),
            ),
            (
                &[0x40, 0, 0, 5],
                Ok(Some(Frame {
                    length: 9,
                    stride: 12,
                })),
            ),
            (
                &[0x7f, 0xff, 0xff, 0xff],
                Ok(Some(Frame {
                    length: 65_539,
                    stride: MOST_BYTES,
                })),
            ),
            (&[0, 1, 0, 7], Err(NotFramed)),
            (
                b"GET ",
                Ok(Some(Frame {
                    length: 4 + 0x5420,
                    stride: 4 + 0x5420,
                })),
            ),
            (&[0x80, 0, 0, 0], Err(NotFramed)),
            (&[0x16, 3, 1, 2], Err(NotFramed)),
        ] {
            assert_eq!(first(bytes), expected, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_frame_is_longer_than_the_most(bytes in prop::collection::vec(any::<u8>(), 0..8)) {
            if let Ok(Some(frame)) = first(&bytes) {
                prop_assert!(frame.length <= frame.stride && frame.stride <= MOST_BYTES && frame.length >= 4);
            }
        }
    }
}
