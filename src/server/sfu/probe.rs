//! The ports of the SFU, tried without starting it.
//!
//! Invariant: what was opened is closed again.

use std::io;
use std::net::SocketAddr;

use super::options::{PlaceChoice, SfuOptions};
use super::socket::MediaSocket;

/// An address was tried.
#[derive(Debug)]
pub(crate) struct MediaPortProbe {
    /// The attempt was made here.
    pub(crate) address: SocketAddr,
    /// What a failure means depends on who chose the address.
    pub(crate) choice: PlaceChoice,
    /// The attempt went so.
    pub(crate) opened: io::Result<()>,
}

impl SfuOptions {
    /// Tries the addresses of every thread, and gives them back. That the machine has no IPv6 is no lack where nobody asked for it.
    pub(crate) fn probe(&self) -> Vec<MediaPortProbe> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let choice = self.place_choice();
        let places = (0..self.threads(processors)).flat_map(|thread| self.places(thread));
        let probed = places.map(|address| MediaPortProbe {
            address,
            choice,
            opened: MediaSocket::bind(address).map(drop),
        });
        let is_lacking = |probe: &MediaPortProbe| match &probe.opened {
            Err(error) => {
                choice == PlaceChoice::Default
                    && probe.address.is_ipv6()
                    && error.kind() != io::ErrorKind::AddrInUse
            }
            Ok(()) => false,
        };
        probed.filter(|probe| !is_lacking(probe)).collect()
    }
}
