//! Opens the reports that come in on a connection.
//!
//! Invariant: what is opened was sealed by whoever the handshake was with. It may come again: whoever can record a packet can
//! send it twice, and no window is kept against that, because nothing that is read of reports does harm when it is read twice.

use std::fmt;

use super::cipher::Cipher;

/// The keys for the reports that come in.
pub(in crate::server::sfu) struct Opener {
    /// Opens them.
    rtcp: Cipher,
}

impl Opener {
    /// Takes the keys.
    pub(super) fn new(rtcp: Cipher) -> Self {
        Self { rtcp }
    }

    /// Opens an SRTCP packet into `plain`, which is cleared first, and holds the compound RTCP packet then. False, and `plain` is
    /// empty, if the packet is not authentic or too short.
    pub(in crate::server::sfu) fn open_rtcp(&mut self, packet: &[u8], plain: &mut Vec<u8>) -> bool {
        plain.clear();
        let is_open = self.rtcp.open_rtcp(packet, plain).is_ok();
        if !is_open {
            plain.clear();
        }
        is_open
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "tests/opener.rs"]
mod tests;
